import type { ClaimReference, StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { ClusterError, type Created } from "../../ports/cluster.ts";
import {
  claimed,
  isAdoptable,
  isAt,
  isClaimOf,
  newClaimed,
  type Place,
  withoutClaim,
} from "../node/own-record.ts";
import type { Operation } from "../operation/operation.ts";
import { subnetOf } from "../operation/restore.ts";

/**
 * Creates the VpcIP of an address: the lock on it (design §4.4a). Where somebody has it already: adopted, if it is this very
 * sandbox's by a create whose answer was lost (H75), or if nobody claims it (H70, H73); else it is not to be had.
 *
 * @returns the record; undefined: another address
 */
export async function takeRecord(
  operation: Operation,
  place: Place,
  claim: ClaimReference,
): Promise<StoredVpcIP | undefined> {
  const { machine, ports } = operation;
  const subnetID = subnetOf(operation, place.interfaceID);
  await operation.mayGoOn();
  const created = await createClearly(operation, newClaimed(place, machine, claim, subnetID));
  if (created?.outcome === "created") return keep(operation, created.object);
  const found = await ports.cluster.getVpcIP(place.address);
  if (!found.found) {
    // Its create may yet take effect: it is not handed out before it was seen.
    if (created === undefined) operation.forget();
    return undefined;
  }
  if (!found.object.readable) return undefined;
  const record = found.object.object;
  if (isClaimOf(record, claim) && isAt(record, machine, place.interfaceID))
    return record.spec.release === undefined ? keep(operation, record) : undefined;
  if (!isAdoptable(record, place.interfaceID)) return undefined;
  await operation.mayGoOn();
  const answer = await ports.writer.replaceVpcIP(claimed(record, place, machine, claim, subnetID));
  const taken = answer.outcome === "replaced" ? answer.object : await ownAlready(operation, claim, place);
  return taken && keep(operation, taken);
}

/**
 * The record, where it is this sandbox's in spite of the refusal: what was refused was the second copy of a request whose first one was
 * obeyed. Another address beside it would leave two records of one sandbox, of which neither is ever given back (H75).
 */
export async function ownAlready(
  { ports, machine }: Operation,
  reference: ClaimReference,
  { address, interfaceID }: Place,
): Promise<StoredVpcIP | undefined> {
  const found = await ports.cluster.getVpcIP(address);
  if (!found.found || !found.object.readable) return undefined;
  const { object } = found.object;
  const isOwn = isClaimOf(object, reference) && isAt(object, machine, interfaceID);
  return isOwn && object.spec.release === undefined ? object : undefined;
}

/** Undefined: nobody knows what became of it. */
async function createClearly(
  { ports }: Operation,
  object: ReturnType<typeof newClaimed>,
): Promise<Created<StoredVpcIP> | undefined> {
  try {
    return await ports.writer.createVpcIP(object);
  } catch (error) {
    if (error instanceof ClusterError && error.kind === "unclear") return undefined;
    throw error;
  }
}

function keep(operation: Operation, record: StoredVpcIP): StoredVpcIP {
  operation.saved(record);
  return record;
}

/**
 * Takes a claim back, whose address was never wired, or whose next keeper is durable. What binds the address stays. Where
 * somebody has changed the record meanwhile, it is looked at again; an intent is its run's, and stays.
 */
export async function dropRecord(operation: Operation, record: StoredVpcIP): Promise<void> {
  const { writer, cluster } = operation.ports;
  let current = record;
  for (let tries = 0; tries < 3; tries++) {
    await operation.mayGoOn();
    const left = withoutClaim(current);
    const answer = left === undefined ? await writer.deleteVpcIP(current) : await writer.replaceVpcIP(left);
    const name = current.metadata.name as Place["address"];
    if (answer.outcome === "replaced") return operation.saved(answer.object);
    if (answer.outcome !== "conflict") return operation.gone(name);
    const found = await cluster.getVpcIP(name);
    if (!found.found) return operation.gone(name);
    const isOurs =
      found.object.readable &&
      record.spec.claim !== undefined &&
      isClaimOf(found.object.object, record.spec.claim) &&
      found.object.object.spec.release === undefined;
    if (!found.object.readable || !isOurs) return operation.forget();
    current = found.object.object;
  }
}
