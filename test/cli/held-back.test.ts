import { expect, test } from "@jest/globals";
import { heldBackBy } from "../../src/cli/answers/held-back.ts";
import type { Address } from "../../src/domain/address.ts";
import { inventoryOf } from "../../src/domain/inventory/index.ts";
import type { Leaked } from "../../src/domain/verdict.ts";

const POD = {
  uid: "u",
  namespace: "default",
  name: "web",
  hostNetwork: false,
  finished: false,
  terminating: false,
  addresses: ["10.0.0.10" as Address],
  keep: false,
};
const FACE = { id: "eni-1", primary: "10.0.0.10" as Address, addresses: [], prefixes: [] };
const LEAKED: Leaked = {
  decision: "leaked",
  address: "10.0.0.11" as Address,
  cause: "never-recorded",
  gives: "address",
  needs: "report",
};

test("what the planner itself holds back stays held back, and nothing else is", () => {
  const interfaces = [FACE];
  const pods = [POD];
  const { match } = inventoryOf({ interfaces, pods, nodes: [], managed: new Map(), now: 0 });
  const evidence = { now: 0, interfaces, pods, nodes: new Map(), instances: new Map() };
  const limits = { nodeShare: 1, subnetShare: 1, clusterShare: 1, minimumLeaks: 16 };
  const { reasonFor } = heldBackBy(evidence, [], match, limits);
  expect(reasonFor({ ...LEAKED, heldBack: "frozen" })).toBe("frozen");
  expect(reasonFor(LEAKED)).toBeUndefined();
});
