import { ANNOTATION } from "../../domain/objects/names.ts";
import { isOld } from "../collect/gone-nodes.ts";
import type { SweepContext } from "./context.ts";

/**
 * Cleans up after a node that is gone for good (H49): its lease, then its NodeENIConfig. Gone means that no record is
 * left, no Node exists, and EC2 says terminated, or does not find the instance at two looks an hour apart.
 *
 * @returns whether the lease was deleted, so that it needn't be given back
 */
export async function buryNode(context: SweepContext): Promise<boolean> {
  const { ports, truth, settings, node } = context;
  const { config, evidence } = truth;
  if (context.stop !== undefined || evidence.nodes.get(node)?.node === undefined) {
    return config === undefined ? buryLeaseOnly(context) : false;
  }
  if (config === undefined || evidence.nodes.get(node)?.node !== "missing") return false;
  const state = evidence.instances.get(config.status?.instanceID ?? "");
  const noted = config.metadata.annotations?.[ANNOTATION.goneSince];
  const isGone = state === "terminated" || (state === "not-found" && isOld(noted, context.now, settings));
  if (!isGone || (await hasRecords(context))) return false;
  const current = await ports.cluster.getNodeConfig(node);
  if (!current.found || !current.object.readable) return false;
  await ports.writer.deleteNodeConfig(current.object.object);
  await context.lease.deleteLease();
  return true;
}

/** A node without any config: the lease exists only because we took it. */
async function buryLeaseOnly(context: SweepContext): Promise<boolean> {
  const node = await context.ports.cluster.getNode(context.node);
  if (node.found || (await hasRecords(context))) return false;
  await context.lease.deleteLease();
  return true;
}

async function hasRecords({ ports, node }: SweepContext): Promise<boolean> {
  return (await ports.cluster.listVpcIPsOfNode(node)).length > 0;
}
