import { expect, test } from "@jest/globals";
import type { AddRequest } from "../../src/agent/index.ts";
import { ANNOTATION, TAG } from "../../src/domain/objects/names.ts";
import type { Line } from "../../src/sandbox/in-process/index.ts";
import type { AgentNode } from "./agent-node.ts";
import { BOTH, lineTo } from "./laid.ts";
import { type Asked, annotate, asked, claimOf, tag, trip, two } from "./moving.ts";

const isStill = ({ cluster, address, interfaceID }: Asked): boolean =>
  cluster.has(address, interfaceID) && cluster.record(address)?.spec.release === undefined;

type Mend = (on: Asked) => void;

/** A Pod of the old node that shows the address. */
const shows =
  (phase: string, annotations: Readonly<Record<string, string>>): Mend =>
  ({ a, address }) =>
    a.node.layPod(
      { namespace: "default", name: "other", uid: "other-uid" },
      { phase, podIP: address },
      { annotations },
    );

function gone({ cluster: { world } }: AgentNode, { name, namespace }: AddRequest): void {
  if (world.api.get("pods", { name, namespace }) !== undefined)
    world.kubernetes.erase("pods", name, namespace);
}

/** The next Pod's object, in place of the one that is there. */
function waits(on: AgentNode, next: AddRequest, phase: string): void {
  gone(on, next);
  on.node.layPod({ ...next, uid: next.podUID }, { phase, podIP: "" });
}

/** What keeps an address where it lies, and what of it does not. */
const KEEPERS: readonly (readonly [string, Mend, Mend])[] = [
  [
    "a person's annotation on the VpcIP",
    ({ cluster, address }) => annotate(cluster, address, { [ANNOTATION.keep]: "mine" }),
    ({ cluster, address }) => annotate(cluster, address, { [ANNOTATION.keep]: "false" }),
  ],
  [
    "a person's annotation on a finished Pod that shows it",
    shows("Succeeded", { [ANNOTATION.keep]: "true" }),
    shows("Succeeded", {}),
  ],
  ["a Pod of the node that shows it", shows("Running", {}), shows("Failed", {})],
  [
    "a person's tag on the interface",
    ({ cluster, interfaceID }) => tag(cluster, interfaceID, { [TAG.keep]: "a VM" }),
    ({ cluster, interfaceID }) => tag(cluster, interfaceID, { [TAG.keep]: "false" }),
  ],
  [
    "the VPC CNI's no-manage tag on the interface",
    ({ cluster, interfaceID }) => tag(cluster, interfaceID, { [TAG.vpcCniNoManage]: "true" }),
    ({ cluster, interfaceID }) => tag(cluster, interfaceID, { [TAG.vpcCniNoManage]: "false" }),
  ],
  [
    "another cluster's tag on the interface",
    ({ cluster, interfaceID }) => tag(cluster, interfaceID, { [TAG.clusterUID]: "another" }),
    ({ cluster, interfaceID }) => tag(cluster, interfaceID, { [TAG.clusterUID]: cluster.world.clusterUID }),
  ],
  ["that no Pod waits for it", ({ b, next }) => gone(b, next), ({ b, next }) => waits(b, next, "Pending")],
  [
    "that its next Pod has finished",
    ({ b, next }) => waits(b, next, "Succeeded"),
    ({ b, next }) => waits(b, next, "Pending"),
  ],
  [
    "that its next Pod is on another node by now",
    ({ a, next }) => waits(a, { ...next, podUID: "other" }, "Pending"),
    ({ b, next }) => waits(b, next, "Pending"),
  ],
  [
    "its cooling",
    ({ cluster, a, address, interfaceID }) =>
      a.node.updateStatus((status) => ({
        ...status,
        cooling: [{ address, interfaceID, until: cluster.world.timestamp(600) }],
      })),
    ({ a }) => a.node.updateStatus((status) => ({ ...status, cooling: [] })),
  ],
  [
    "a breaker on its node",
    ({ cluster }) => trip(cluster, "node", "a"),
    ({ cluster }) => trip(cluster, "node", "b"),
  ],
  [
    "a breaker on its subnet",
    ({ cluster, a }) => trip(cluster, "subnet", a.node.subnetID),
    ({ cluster }) => trip(cluster, "subnet", "subnet-other"),
  ],
  [
    "a breaker on the cluster",
    ({ cluster }) => trip(cluster, "cluster", ""),
    ({ cluster }) => cluster.freeze({ frozen: "false" }),
  ],
  [
    "a breaker that can't be read",
    ({ cluster }) => cluster.freeze({ frozen: "false", breaker: '[{"scope":"zone","name":"z"}]' }),
    ({ cluster }) => cluster.freeze({ frozen: "false", breaker: "[]" }),
  ],
];

for (const allocator of BOTH) {
  for (const [keeper, lay, mend] of KEEPERS) {
    test(`H18 ${allocator}: keeps a static address where it lies: ${keeper}; releases it to its next node without`, async () => {
      const on = await asked(allocator);
      lay(on);
      for (let pass = 0; pass < 3; pass++) await on.a.maintain();
      expect(isStill(on)).toBe(true);
      expect(on.a.status.sweepEpoch).toBe(0);
      mend(on);
      // The node's VpcIPs are listed again within a minute.
      await on.cluster.clock.pass(61_000);
      await on.a.maintain();
      expect(on.cluster.has(on.address)).toBe(false);
      expect(await on.b.address(on.next)).toBe(on.address);
      expect(on.cluster.misdeeds).toEqual([]);
    });
  }

  test(`H26 ${allocator}: keeps an address whose Pod is between two sandboxes, whoever asks for it`, async () => {
    const { cluster, a } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    await a.del(old.containerID);
    const claim = claimOf(cluster);
    cluster.world.api.replaceStatus("vpcipclaims", { ...claim, status: { ...claim.status, nodeName: "b" } });
    for (let pass = 0; pass < 3; pass++) await a.maintain();
    expect(cluster.has(address, a.node.interfaceIDs[0])).toBe(true);
    expect(await a.address({ ...old, containerID: "db-again" })).toBe(address);
  });

  test(`H60 ${allocator}: an address that EC2 refuses to release has not left an interface that a person opted out meanwhile`, async () => {
    const on = await asked(allocator);
    const { cluster, a, b, address, interfaceID, next } = on;
    const line: Line = lineTo(/^Unassign/, "through");
    line.fateOf = ({ what }) => {
      if (!/^Unassign/.test(what)) return "through";
      tag(cluster, interfaceID, { [TAG.keep]: "true" });
      return { refused: "OperationNotPermitted" };
    };
    await a.restart(line);
    await cluster.clock.pass(20_000);
    await a.maintain(line);
    expect(line.crossings.some(({ what }) => /^Unassign/.test(what))).toBe(true);
    expect(cluster.record(address)?.spec.interfaceID).toBe(interfaceID);
    expect(await b.add(next)).toMatchObject({ kind: "again" });
    expect(claimOf(cluster).status?.conditions ?? []).toEqual([]);
  });

  test(`${allocator}: a breaker that trips between intent and request stops a move, and the record is as before`, async () => {
    const on = await asked(allocator);
    const line = lineTo(/^Unassign/, "through");
    line.fateOf = ({ what }) => {
      if (/^PUT .*\/vpcips/.test(what)) trip(on.cluster, "node", "a");
      return "through";
    };
    await on.a.restart(line);
    await on.cluster.clock.pass(20_000);
    await on.a.maintain(line);
    expect(line.crossings.some(({ what }) => /^Unassign/.test(what))).toBe(false);
    expect(isStill(on)).toBe(true);
  });
}
