import { expect } from "@jest/globals";
import { SENTINEL } from "../../../src/domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../../src/domain/objects/nodeeniconfig.ts";
import { runsOf } from "../../../src/reclaimer/guard/memory.ts";
import { collect } from "../../../src/reclaimer/index.ts";
import { type Crossing, Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";

/** A cluster with one leak, and its memory mirrored. */
export async function laid() {
  const cluster = new Cluster();
  const node = cluster.node();
  leaks.neverRecorded(node);
  await cluster.start();
  return { cluster, node };
}

/** The same, with a mark that is old enough: whatever isn't frozen releases. */
export async function due() {
  const { cluster, node } = await laid();
  await cluster.collect("leaks");
  await cluster.wait(31);
  return { cluster, node };
}

export const runsInEtcd = ({ world }: Cluster): number =>
  runsOf(world.api.get<StoredNodeENIConfig>("nodeeniconfigs", { name: SENTINEL.nodeENIConfig }));

/** A sentinel is gone from etcd. */
export const loseSentinel = ({ world }: Cluster): void =>
  world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);

/** A line whose caller stands still for an hour at the first such call, before it is sent or before its answer is heard. */
export function standingStill(
  { clock }: Cluster,
  isAt: (crossing: Crossing) => boolean,
  frozen: "before" | "after",
): { readonly line: Line; readonly hasStood: () => boolean } {
  const thaw = clock.sleep(60 * 60_000);
  const line = new Line();
  let hasStood = false;
  line.fateOf = (crossing) => {
    if (hasStood || !isAt(crossing)) return "through";
    hasStood = true;
    return { frozen, until: thaw };
  };
  return { line, hasStood: () => hasStood };
}

/** A run that stands still for an hour in its write to the mirror. */
export function stillInWrite(cluster: Cluster, frozen: "before" | "after" = "before") {
  const isWrite = ({ to, what }: Crossing) => to === "mirror" && what === "write";
  const { line, hasStood } = standingStill(cluster, isWrite, frozen);
  return {
    slow: cluster.begin((ports) => collect(ports, cluster.settings, { kind: "due" }), line),
    hasStood,
  };
}

/** That nothing goes any more, until a person says so, whoever asks. */
export async function expectFrozen(cluster: Cluster, why: RegExp): Promise<void> {
  expect((await cluster.sweep()).outcome).toBe("held-back");
  expect((await cluster.clean()).frozen).toMatch(why);
  expect((await cluster.collect("leaks")).frozen).toMatch(why);
  expect(cluster.heard.alarmKinds).toContain("lost-memory");
  expect(cluster.freezeObject()?.data?.["frozen"]).toBe("true");
  await cluster.dueRun(31);
  expect(cluster.released).toEqual([]);
}
