import { lastInstance } from "../../domain/node-lease.ts";
import type { Parsed } from "../../domain/objects/metadata.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { isWithoutPlace } from "../../domain/record-transitions.ts";
import { goneNote, isGone, isInstanceGone, notedGone } from "../collect/gone-nodes.ts";
import { messageOf } from "../parallel.ts";
import type { SweepContext } from "./context.ts";

/**
 * Cleans up after a node that is gone for good (H49): its lease, then its NodeENIConfig, by which a run that died between the
 * two is found again. Gone means that no record is left, no Node exists, and EC2 says terminated, or does not find the
 * instance at two looks an hour apart.
 *
 * @returns whether the lease was deleted, so that it needn't be given back
 */
export async function buryNode(context: SweepContext): Promise<boolean> {
  const { config, evidence } = context.truth;
  if (context.stop !== undefined) return false;
  if (config !== undefined) return buryConfig(context);
  // A config that can't be read is one: only where there is none at all does the lease exist only because we took it.
  return evidence.nodes.has(context.node) ? false : buryLeaseOnly(context);
}

async function buryConfig(context: SweepContext): Promise<boolean> {
  const { ports, truth, settings, node } = context;
  const { config, evidence } = truth;
  if (config === undefined || evidence.nodes.get(node)?.node !== "missing") return false;
  if (!isInstanceGone(config, { ...evidence, now: context.now }, settings) || (await hasRecords(context)))
    return false;
  const current = await ports.cluster.getNodeConfig(node);
  if (!current.found || !current.object.readable) return false;
  // Our own bump has changed it since it was judged; a new instance under the old name has, too (H11).
  const { object } = current.object;
  if (object.status?.instanceID !== config.status?.instanceID || !(await isStillMissing(context)))
    return false;
  if (!(await context.mayGoOn()) || !(await context.lease.deleteLease())) return false;
  // To exactly what was looked at, or not at all: a new instance writes into it first.
  await ports.writer.deleteNodeConfig(object);
  return true;
}

/**
 * A node without any config: its lease is all that is left of it, or exists only because we took it for its records. The lease goes
 * before the last records do: a run that dies between the two is found again by them, and takes a new lease. Without the lease
 * nothing is done but to delete exactly what was looked at, or nothing: whoever comes up under the name writes into it first.
 */
async function buryLeaseOnly(context: SweepContext): Promise<boolean> {
  const { lastRecords, ports, node } = context;
  const left = await recordsOf(context);
  const isLast = left.every(
    (item) =>
      item.readable && lastRecords.some(({ record }) => record.metadata.uid === item.object.metadata.uid),
  );
  const isOver =
    isLast &&
    (await isStillMissing(context)) &&
    !(await ports.cluster.getNodeConfig(node)).found &&
    (await isLastInstanceGone(context));
  // Where somebody has written to the lease, the records stay for the next run.
  if (isOver && !(await context.lease.deleteLease())) return false;
  await deleteLast(context);
  return isOver;
}

/**
 * Whether the instance is gone whose allocator held the lease last, if one ever did: it may have nothing else, and come back.
 * The first look that doesn't find it is noted on the lease, to which the daily run leads again.
 */
async function isLastInstanceGone({ lease, truth, settings, now }: SweepContext): Promise<boolean> {
  const { metadata } = lease.lease;
  const instanceID = lastInstance(lease.lease);
  if (instanceID === undefined) return true;
  const { instances } = truth.evidence;
  if (isGone(metadata, instanceID, { instances, now }, settings)) return true;
  const isNoted = notedGone(metadata, instanceID) !== undefined;
  if (instances.get(instanceID) === "not-found" && !isNoted) await lease.annotate(goneNote(instanceID, now));
  return false;
}

async function deleteLast(context: SweepContext): Promise<void> {
  for (const { record, onDeleted } of context.lastRecords) {
    try {
      if ((await context.ports.writer.deleteVpcIP(record)).outcome === "deleted") onDeleted();
    } catch (error) {
      context.fail(record.metadata.name, messageOf(error));
    }
  }
}

async function isStillMissing({ ports, node }: SweepContext): Promise<boolean> {
  return !(await ports.cluster.getNode(node)).found;
}

async function hasRecords(context: SweepContext): Promise<boolean> {
  return (await recordsOf(context)).length > 0;
}

/** What names the node, less what waits for another: a static claim's record may wait for ever, and needs nothing of this one. */
async function recordsOf({ ports, node }: SweepContext): Promise<readonly Parsed<StoredVpcIP>[]> {
  const records = await ports.cluster.listVpcIPsOfNode(node);
  return records.filter((record) => !record.readable || !isWithoutPlace(record.object));
}
