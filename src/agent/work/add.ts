import type { Address } from "../../domain/address.ts";
import type { ClaimReference } from "../../domain/objects/vpcip.ts";
import type { Added, AddRequest } from "../allocator.ts";
import { addressOfRecord, isAt, isClaimOf, type Place } from "../node/own-record.ts";
import type { Operation } from "../operation/operation.ts";
import { pausedEverywhere } from "../upkeep/pauses.ts";
import { choose, isPooled } from "./choose.ts";
import { readPoolAgain, trustPool } from "./confirm-pool.ts";
import { dropRecord, takeRecord } from "./take-address.ts";

/** The pool has nothing to hand out, and EC2 may be asked for more. */
export interface Exhausted {
  readonly kind: "exhausted";
  /** So many are left for whom nothing else will do: this one takes them only where EC2 has no more. */
  readonly spared?: number;
  /** So many are in the pool, and are nobody's to have: others' records have their names. */
  readonly taken?: number;
}

/** How a static claim's first address is taken. */
export interface FromPool {
  /** This one, and no other. */
  readonly only?: Address | undefined;
  /** None of these. */
  readonly except?: ReadonlySet<Address> | undefined;
  /** What must be durable before the Pod is wired. */
  readonly beforeConnect?: (place: Place) => Promise<void>;
}

const TRIES = 16;

/** An address out of the pool for a sandbox (design §4.4a): its VpcIP, the look at the pool after it, then the data plane. */
export async function addFromPool(
  operation: Operation,
  request: AddRequest,
  claim: ClaimReference,
  more: FromPool = {},
): Promise<Added | Exhausted> {
  await trustPool(operation);
  const wire = async (place: Place): Promise<Added> => {
    await more.beforeConnect?.(place);
    return connect(operation, place, request);
  };
  const refused = new Set<Address>(more.except);
  const unfinished = unfinishedOf(operation, claim);
  if (unfinished !== undefined) {
    if (await isStillPooled(operation, unfinished)) return wire(unfinished);
    // What the pool has lost may not be ours any more: its VpcIP stays for the reclaimer, or for its cooling's end.
    refused.add(unfinished.address);
  }
  for (let tries = 0; tries < TRIES; tries++) {
    const place = await chooseSettled(operation, refused, more.only);
    if (place === undefined) return exhausted(operation, refused, more.except);
    refused.add(place.address);
    const record = await takeRecord(operation, place, claim);
    if (record === undefined) continue;
    if (await isStillPooled(operation, place)) return wire(place);
    await dropRecord(operation, record);
  }
  return { kind: "again", why: "every address that was tried is somebody's" };
}

/** What has cooled down is in the pool before the pool is said to have nothing. */
async function chooseSettled(
  operation: Operation,
  refused: ReadonlySet<Address>,
  only: Address | undefined,
): Promise<Place | undefined> {
  const place = choose(operation, refused, only);
  if (place !== undefined || !operation.isUnsettled) return place;
  await operation.writeStatus();
  return choose(operation, refused, only);
}

function exhausted(
  operation: Operation,
  refused: ReadonlySet<Address>,
  except?: ReadonlySet<Address>,
): Added | Exhausted {
  const why = pausedEverywhere(operation, operation.lease.note.now);
  if (why !== undefined) return { kind: "again", why };
  const pool = (operation.status.pool ?? []).map(({ address }) => address as Address);
  const taken = pool.filter((address) => refused.has(address) && except?.has(address) !== true);
  return { kind: "exhausted", taken: taken.length };
}

async function isStillPooled(operation: Operation, place: Place): Promise<boolean> {
  await readPoolAgain(operation);
  return isPooled(operation, place);
}

/** The claim of an earlier try of this very sandbox, that has not been wired. */
function unfinishedOf(operation: Operation, claim: ClaimReference): Place | undefined {
  for (const record of operation.records.values()) {
    const { interfaceID, release } = record.spec;
    if (interfaceID === undefined || release !== undefined) continue;
    if (isClaimOf(record, claim) && isAt(record, operation.machine))
      return { address: addressOfRecord(record), interfaceID };
  }
  return undefined;
}

export async function connect(
  operation: Operation,
  { address, interfaceID }: Place,
  { namespace, name, podUID, containerID }: AddRequest,
): Promise<Added> {
  await operation.mayGoOn();
  await operation.ports.host.connect({
    containerID,
    address,
    interfaceID,
    podUID,
    podNamespace: namespace,
    podName: name,
  });
  return { kind: "added", address, interfaceID };
}

export const claimOf = ({ namespace, name, podUID, containerID }: AddRequest): ClaimReference => ({
  namespace,
  name,
  podUID,
  containerID,
});
