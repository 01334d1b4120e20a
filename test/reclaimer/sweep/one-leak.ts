import type { Address } from "../../../src/domain/address.ts";
import type { SandboxNode } from "../../../src/sandbox/engine/node.ts";
import { Cluster } from "../harness.ts";

export { lineTo } from "../../line-to.ts";

/** A node with one leaked address, due; its pool is empty, so that a Pod gets what is put there. */
export async function due() {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 1 });
  const { address, interfaceID } = node.spare();
  await cluster.start();
  await cluster.collect("leaks");
  await cluster.wait(31);
  return { cluster, node, address, interfaceID };
}

/** EC2 gives the same address to the same interface again, and the allocator pools it. */
export function assignAgain(
  cluster: Cluster,
  node: SandboxNode,
  address: Address,
  interfaceID: string,
): void {
  if (!cluster.has(address)) cluster.world.ec2.seed.assign(interfaceID, [address]);
  node.updateStatus((status) => ({ ...status, pool: [{ address, interfaceID }] }));
}

export const startPod = (cluster: Cluster, name = "a") =>
  cluster.clock.until(cluster.allocator(name).startPod());
export const UNASSIGN = /^Unassign/;
