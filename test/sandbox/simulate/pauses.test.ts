import { beforeEach, expect, test } from "@jest/globals";
import type { SweepOutcome } from "../../../src/reclaimer/requests.ts";
import { Pauses } from "../../../src/sandbox/simulate/pauses.ts";
import { Simulation } from "../../../src/sandbox/simulate/simulation.ts";

const WHO = "function 9 sweep node-0";

let simulation: Simulation;
let pauses: Pauses;
beforeEach(() => {
  simulation = new Simulation({ seed: 1, nodes: 2 });
  pauses = new Pauses(simulation);
});

/** An allocator gives an address back: its intent stands until EC2 has answered. */
function intentOf(nodeName: string): void {
  const { kubernetes } = simulation.world;
  const release = { run: "shrink", interfaceID: "eni-1", time: "2026-01-01T00:00:00Z" };
  kubernetes.seed("vpcips.vpcip.dev", [{ metadata: { name: "10.0.0.9" }, spec: { nodeName, release } }]);
  kubernetes.erase("vpcips.vpcip.dev", "10.0.0.9");
}

/** What the judge finds of a sweep of node-0 while which that happens. */
function found(meanwhile: () => void, outcome: SweepOutcome = "swept"): string | undefined {
  const ends = pauses.begins(WHO, "node-0");
  meanwhile();
  simulation.firstLease.get(WHO)?.();
  ends(outcome, 0);
  return simulation.oracle.broken?.promise;
}

test("a node that has nothing to be done is paused for nothing", () => {
  expect(found(() => undefined)).toBe("paused-for-nothing");
});

test("so is one while another node has something to be done", () => {
  expect(found(() => intentOf("node-1"))).toBe("paused-for-nothing");
});

test("so is one that had something to be done before the sweep began", () => {
  intentOf("node-0");
  expect(found(() => undefined)).toBe("paused-for-nothing");
});

test("what there was to be done for a moment, while the sweep looked, it may have seen", () => {
  expect(found(() => intentOf("node-0"))).toBeUndefined();
});

test("a sweep that says that nothing was due has paused nobody", () => {
  expect(found(() => undefined, "nothing-due")).toBeUndefined();
});
