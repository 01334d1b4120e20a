import type { Address } from "../../../src/domain/address.ts";
import type { Settings } from "../../../src/reclaimer/settings.ts";
import type { NodeSeed, SandboxNode } from "../../../src/sandbox/engine/node.ts";
import type { Fate, Line } from "../../../src/sandbox/in-process/index.ts";
import { Cluster } from "../harness.ts";
import { lineTo, UNASSIGN } from "../sweep/one-leak.ts";

/** A node with a Pod and one leaked address that is due; the others are in its pool. */
export async function leakDue(seed: Partial<NodeSeed> = {}, over: Partial<Settings> = {}) {
  const cluster = new Cluster(over);
  const node = cluster.node("a", { secondaries: 4, ...seed });
  node.runPod("web");
  const place = node.spare();
  await cluster.start();
  await cluster.collect("leaks");
  await cluster.wait(31);
  return { cluster, node, ...place };
}

/** What the five-minute schedule does in this time. */
export async function everyFiveMinutes(cluster: Cluster, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 5) await cluster.dueRun(5);
}

/** How often the node is paused in the hour that comes. */
export async function pausesInAnHour(cluster: Cluster): Promise<number> {
  cluster.heard.clear();
  await everyFiveMinutes(cluster, 60);
  return cluster.heard.pauses.length;
}

/** The request that releases meets this fate; then something happens, where the function is killed by it. */
export function unassignMeets(fate: Fate, happen: () => void = () => undefined): Line {
  const line = lineTo(UNASSIGN, fate);
  void line.killed.then(happen);
  return line;
}

/** The allocator holds the address ready on this interface. */
export function pool(node: SandboxNode, address: Address, interfaceID: string): void {
  node.updateStatus((status) => ({ ...status, pool: [...(status.pool ?? []), { address, interfaceID }] }));
}

/** A person's word on a record: the address is not to be released; or no word any more. */
export function optOut(
  cluster: Cluster,
  address: string,
  annotations: Readonly<Record<string, string>> = { "vpcip.dev/keep": "yes" },
): void {
  const record = cluster.record(address);
  if (record === undefined) throw new Error(`no record of ${address}`);
  cluster.world.api.replace("vpcips", { ...record, metadata: { ...record.metadata, annotations } });
}
