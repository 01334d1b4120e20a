import { parseAddress } from "../../domain/address.ts";
import type { NetworkInterface } from "../../domain/evidence.ts";
import { saysKeep } from "../../domain/objects/names.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { bound, intended, withdrawn } from "../../domain/record-transitions.ts";
import { addressesOn } from "../node/interfaces.ts";
import { addressOfRecord, isAt, type Place } from "../node/own-record.ts";
import type { Picture } from "../node/picture.ts";
import { mayRelease } from "../operation/may-release.ts";
import type { Operation } from "../operation/operation.ts";
import { subnetOf } from "../operation/restore.ts";
import { bump } from "../release/bump.ts";
import { holdingPods } from "../release/kept-by-pods.ts";
import { isNeverAlone, isOffLimits } from "../release/off-limits.ts";
import { unassign } from "../release/unassign.ts";
import { addressOfClaim, claimOfRecord } from "./claim.ts";

const RUN_PREFIX = "move/";

/**
 * Whether a static address of this node is to go: its claim names another node, where its Pod waits, and no own sandbox has it. The other node waits
 * until the record names no interface: never two leases at once (design §6).
 */
export async function isToMove(picture: Picture, record: StoredVpcIP): Promise<boolean> {
  if (!mayMove(picture, record)) return false;
  const claim = await claimOfRecord(picture.ports, record.spec);
  const { nodeName } = claim?.status ?? {};
  const isAskedFor =
    claim !== undefined &&
    addressOfClaim(claim) === addressOfRecord(record) &&
    nodeName !== undefined &&
    nodeName !== picture.machine.nodeName;
  if (!isAskedFor || (await isKeptByPod(picture, record))) return false;
  // What was begun is brought to its end, whoever waits: an intent lets nobody have the address.
  return record.spec.release !== undefined || isWaitedFor(picture, claim);
}

/** The claim's Pod is on the node that asked. An ADD that was long on its way asks for a Pod that is gone, and nobody else may get the address. */
async function isWaitedFor(
  { ports }: Picture,
  { metadata: { namespace = "", name }, status }: StoredVpcIPClaim,
): Promise<boolean> {
  const pod = await ports.cluster.getPod(namespace, name);
  return pod.found && pod.object.nodeName === status?.nodeName && !pod.object.finished;
}

/** One of this node's Pods shows it, or is the record's own: that one may be between two sandboxes. */
async function isKeptByPod(picture: Picture, record: StoredVpcIP): Promise<boolean> {
  const address = addressOfRecord(record);
  const pods = await holdingPods(picture);
  return pods.some(({ uid, addresses }) => uid === record.spec.claim?.podUID || addresses.includes(address));
}

/** By what is known here alone. */
export function mayMove(picture: Picture, record: StoredVpcIP): boolean {
  const { machine, sandboxes } = picture;
  const { claim, interfaceID, release } = record.spec;
  const address = addressOfRecord(record);
  return (
    !saysKeep(record.metadata.annotations) &&
    claim?.uid !== undefined &&
    interfaceID !== undefined &&
    isAt(record, machine) &&
    (release === undefined || release.run.startsWith(RUN_PREFIX)) &&
    !sandboxes.some((sandbox) => sandbox.address === address) &&
    !isCooling(picture, { address, interfaceID })
  );
}

/** Connections of the last Pod may yet end: also of an entry that a claim has made void, until its time is over. */
function isCooling({ status, now }: Picture, { address, interfaceID }: Place): boolean {
  return (status.cooling ?? []).some(
    (entry) =>
      entry.interfaceID === interfaceID &&
      parseAddress(entry.address) === address &&
      Date.parse(entry.until) > now,
  );
}

/**
 * The old side of a move, behind the fences of every release (design §4.4): bump, intent, EC2 once, then the record.
 *
 * @param item the record's interface as EC2 has it, asked before the lease was taken; undefined where there is none
 */
export async function moveAway(
  operation: Operation,
  record: StoredVpcIP,
  item: NetworkInterface | undefined,
): Promise<void> {
  const { interfaceID } = record.spec;
  if (interfaceID === undefined || (item !== undefined && item.id !== interfaceID)) return;
  if (!(await isToMove(operation, record))) return;
  const address = addressOfRecord(record);
  if (item !== undefined && (isNeverAlone(item, address) || (await isOffLimits(operation.ports, item))))
    return;
  const subnetID = item?.subnetID ?? record.spec.subnetID ?? subnetOf(operation, interfaceID);
  if (!(await mayRelease(operation, [subnetID]))) return;
  await bump(operation, { address, interfaceID });
  // An earlier try's request may still come: what it names stays bound to the interface.
  const isLate = record.spec.release !== undefined || (record.spec.tombstones ?? []).length > 0;
  const run = `${RUN_PREFIX}${operation.machine.nodeName}/${operation.ports.identities.unique()}`;
  const time = new Date(operation.now).toISOString();
  const until = tombstoneEnd(operation);
  const intent = await operation.replaceRecord(intended(record, run, interfaceID, time, until));
  if (operation.sandboxes.some((sandbox) => sandbox.address === address)) {
    await operation.replaceRecord(withdrawn(intent));
    return;
  }
  const answer = await unassign(operation, { interfaceID, subnetID, addresses: [address] });
  await settle(operation, intent, interfaceID, answer, isLate);
}

async function settle(
  operation: Operation,
  intent: StoredVpcIP,
  interfaceID: string,
  answer: Awaited<ReturnType<typeof unassign>>,
  isLate: boolean,
): Promise<void> {
  const until = tombstoneEnd(operation);
  const doubted = isLate ? bound(intent, interfaceID, until) : intent;
  switch (answer.kind) {
    case "done":
    case "gone":
      await operation.replaceRecord(nowhere(doubted));
      return;
    case "unclear":
      // The intent stays: the next pass asks again, and knows by it that a request may be late.
      await operation.replaceRecord(bound(intent, interfaceID, until));
      return;
    case "refused": {
      // Wherever it is by now, and whatever its tags say: an opt-out must not look as if the address had left.
      const [item] = await operation.ports.cloud.interfacesByID([interfaceID]);
      const isThere = item !== undefined && addressesOn(item).includes(addressOfRecord(intent));
      await operation.replaceRecord(isThere ? withdrawn(doubted) : nowhere(doubted));
      return;
    }
    case "held":
    case "throttled":
    case "forbidden":
    case "not-sent":
      await operation.replaceRecord(withdrawn(doubted));
  }
}

const tombstoneEnd = ({ now, settings }: Operation): string =>
  new Date(now + settings.tombstoneSeconds * 1000).toISOString();

/** On no interface: whoever names himself in it next may have it. */
function nowhere(record: StoredVpcIP): StoredVpcIP {
  const { release: _release, interfaceID: _interface, instanceID: _instance, ...spec } = record.spec;
  return { ...record, spec };
}
