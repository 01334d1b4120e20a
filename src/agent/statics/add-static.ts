import { type Address, parseAddress } from "../../domain/address.ts";
import { allAddresses } from "../../domain/judgement/facts.ts";
import { type ClaimReference, newVpcIP, type StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { isLent, withoutPlace } from "../../domain/record-transitions.ts";
import type { Added, AddRequest } from "../allocator.ts";
import { addressesOn, membersOf, usableInterfaces } from "../node/interfaces.ts";
import { addressOfRecord, isAt, isBoundNow, isBoundTo, type Place } from "../node/own-record.ts";
import type { Operation } from "../operation/operation.ts";
import { whereToAsk } from "../upkeep/where-to-ask.ts";
import { addFromPool, claimOf, connect, type Exhausted } from "../work/add.ts";
import { isPooled } from "../work/choose.ts";
import { ownAlready } from "../work/take-address.ts";
import type { Assignment } from "./assign.ts";
import { addressOfClaim, askFor, isPromised, showHolder } from "./claim.ts";

/**
 * The address of a static claim for a Pod that comes, or comes back (design §6). Where it is decides: nowhere yet, on this
 * node, on none (then it is assigned here), or on another node, which is asked for it.
 */
export async function addStatic(
  operation: Operation,
  request: AddRequest,
  claim: StoredVpcIPClaim,
): Promise<Added | Exhausted | Assignment> {
  const reference: ClaimReference = { ...claimOf(request), uid: claim.metadata.uid };
  const address = addressOfClaim(claim) ?? begun(operation, claim);
  if (address === undefined) return fromPool(operation, request, reference, claim);
  const found = await operation.ports.cluster.getVpcIP(address);
  if (addressOfClaim(claim) !== undefined && !isPromised(claim, request.podUID, operation.now)) {
    const record = found.found && found.object.readable ? found.object.object : undefined;
    return unpromised(operation, request, reference, claim, record);
  }
  if (!found.found) return withoutRecord(operation, request, reference, claim, address);
  if (!found.object.readable) return { kind: "failed", why: `VpcIP ${address}: ${found.object.why}` };
  const record = found.object.object;
  const { uid } = record.spec.claim ?? {};
  if (uid !== claim.metadata.uid) {
    if (record.spec.claim === undefined && pooledAt(operation, address) !== undefined)
      return fromPool(operation, request, reference, claim, address);
    return { kind: "failed", why: `${address} of VpcIPClaim ${request.name} is somebody else's` };
  }
  if (record.spec.release !== undefined) return again(`${address} is being released`);
  if (await isFree(operation, record)) return assignHere(operation, record, reference, claim);
  const { interfaceID } = record.spec;
  if (interfaceID === undefined || !isAt(record, operation.machine)) {
    await askFor(operation, claim);
    return again(`${address} is still on node ${record.spec.nodeName}, which has been asked for it`);
  }
  return reuse(operation, request, reference, claim, record, { address, interfaceID });
}

/**
 * Any address will do: the last one where it lies here ready for use, else one of the pool. What the claim names no more the
 * reclaimer finds.
 *
 * @param record of the address that the claim names, if there is one
 */
async function unpromised(
  operation: Operation,
  request: AddRequest,
  reference: ClaimReference,
  claim: StoredVpcIPClaim,
  record: StoredVpcIP | undefined,
): Promise<Added | Exhausted> {
  if (record?.spec.claim?.uid === claim.metadata.uid) {
    const { interfaceID, release } = record.spec;
    if (interfaceID !== undefined && release === undefined && isAt(record, operation.machine)) {
      const place = { address: addressOfRecord(record), interfaceID };
      const back = await reuse(operation, request, reference, claim, record, place);
      if (back.kind === "added") return back;
    }
    const waiting = await outliveExpiry(operation, record);
    if (waiting !== undefined) return waiting;
  }
  return fromPool(operation, request, reference, claim);
}

/** The claim is in use again: its last address goes, and must not take the claim with it, as what has expired does (H49). */
async function outliveExpiry(operation: Operation, record: StoredVpcIP): Promise<Added | undefined> {
  const { leak, ...spec } = record.spec;
  if (leak?.cause !== "claim-expired") return undefined;
  const { name } = record.metadata;
  if (spec.release !== undefined) return again(`${name} is being released`);
  await operation.mayGoOn();
  const answer = await operation.ports.writer.replaceVpcIP({ ...record, spec });
  if (answer.outcome !== "replaced") return again(`VpcIP ${name} has changed`);
  operation.saved(answer.object);
  return undefined;
}

/** Here already: the record changes hands by compare-and-swap, whatever a late DEL of the old sandbox does (H26). */
async function reuse(
  operation: Operation,
  request: AddRequest,
  reference: ClaimReference,
  claim: StoredVpcIPClaim,
  record: StoredVpcIP,
  place: Place,
): Promise<Added | Assignment> {
  const { address, interfaceID } = place;
  const other = operation.sandboxes.find((sandbox) => sandbox.address === address);
  if (other !== undefined && other.containerID !== request.containerID)
    return again(`sandbox ${other.containerID} still has ${address}`);
  if (isBoundNow(record, interfaceID, operation.now))
    return again(`a late request may yet take ${address} from ${interfaceID}`);
  // Whether it is on the interface EC2 must say, where a late request could have taken it, or where it was never shown to
  // anybody and the pool has it no more.
  const isUnshown = addressOfClaim(claim) === undefined && !isPooled(operation, place);
  if (isBoundTo(record, interfaceID) || isUnshown || !(await isOnInterface(operation, place)))
    return { kind: "assign", address, interfaceIDs: [interfaceID] };
  await operation.mayGoOn();
  const { leak: _leak, ...spec } = record.spec;
  const answer = await operation.ports.writer.replaceVpcIP({
    ...record,
    spec: { ...spec, claim: reference },
  });
  const taken = answer.outcome === "replaced" ? answer.object : await ownAlready(operation, reference, place);
  if (taken === undefined) return again(`VpcIP ${address} has changed`);
  operation.saved(taken);
  await showHolder(operation, claim, address, request.podUID);
  return connect(operation, place, request);
}

/** By EC2's word: a record alone may be of an etcd that went back (H61), or somebody took the address from outside. */
async function isOnInterface({ ports }: Operation, { address, interfaceID }: Place): Promise<boolean> {
  const interfaces = await usableInterfaces(ports);
  return interfaces.some((item) => item.id === interfaceID && addressesOn(item).includes(address));
}

/** No record: out of the pool, where it is there; else its name is locked first, and EC2 is asked for it plainly. */
async function withoutRecord(
  operation: Operation,
  request: AddRequest,
  reference: ClaimReference,
  claim: StoredVpcIPClaim,
  address: Address,
): Promise<Added | Exhausted | Assignment> {
  if (pooledAt(operation, address) !== undefined)
    return fromPool(operation, request, reference, claim, address);
  const { nodeName, instanceID } = operation.machine;
  await askFor(operation, claim);
  await operation.mayGoOn();
  const answer = await operation.ports.writer.createVpcIP(
    newVpcIP(address, { nodeName, instanceID, claim: reference }),
  );
  if (answer.outcome !== "created") return again(`VpcIP ${address} has just come`);
  operation.saved(answer.object);
  return assignmentOf(operation, answer.object);
}

/**
 * Whether nobody has the address, as far as its record says. One that is lent to a detached interface's mark stays as it is while EC2
 * shows the address there, or that mark would never get old: EC2 would refuse the address anyway.
 */
async function isFree({ machine, ports }: Operation, record: StoredVpcIP): Promise<boolean> {
  const { interfaceID, instanceID = machine.instanceID } = record.spec;
  if (interfaceID === undefined) return instanceID === machine.instanceID;
  if (!isLent(record)) return false;
  const [item] = await ports.cloud.interfacesByID([interfaceID]);
  return item === undefined || !allAddresses(item).includes(addressOfRecord(record));
}

/** Free to be taken: whoever names himself in it, by compare-and-swap, asks EC2 for it. */
async function assignHere(
  operation: Operation,
  record: StoredVpcIP,
  reference: ClaimReference,
  claim: StoredVpcIPClaim,
): Promise<Added | Assignment> {
  const { nodeName, instanceID } = operation.machine;
  // Else the node's own upkeep takes it for one that another node waits for.
  await askFor(operation, claim);
  await operation.mayGoOn();
  const { spec } = withoutPlace(record);
  const answer = await operation.ports.writer.replaceVpcIP({
    ...record,
    spec: { ...spec, nodeName, instanceID, claim: reference },
  });
  if (answer.outcome !== "replaced") return again(`VpcIP ${record.metadata.name} has changed`);
  operation.saved(answer.object);
  return assignmentOf(operation, answer.object);
}

/** On any interface of its subnet that no late request binds. */
export function assignmentOf(operation: Operation, record: StoredVpcIP): Assignment {
  const { subnetID } = record.spec;
  const interfaceIDs = (operation.status.interfaces ?? [])
    .filter(({ state }) => state === undefined || state === "Attached")
    .filter((item) => subnetID === undefined || item.subnetID === undefined || item.subnetID === subnetID)
    .filter(({ id }) => !isBoundNow(record, id, operation.now))
    .map(({ id }) => id);
  return { kind: "assign", address: addressOfRecord(record), interfaceIDs };
}

/**
 * A member of a prefix could never move to another node: it is taken only where the pool has nothing else, and EC2 may not be asked for
 * more now.
 */
async function fromPool(
  operation: Operation,
  request: AddRequest,
  reference: ClaimReference,
  claim: StoredVpcIPClaim,
  only?: Address,
): Promise<Added | Exhausted> {
  const take = (except?: ReadonlySet<Address>): Promise<Added | Exhausted> =>
    addFromPool(operation, request, reference, {
      only,
      except,
      beforeConnect: ({ address }) => showHolder(operation, claim, address, request.podUID),
    });
  if (only !== undefined) return take();
  const interfaces = await usableInterfaces(operation.ports);
  const members = new Set(interfaces.flatMap(membersOf));
  if (members.size === 0) return take();
  const added = await take(members);
  if (added.kind === "added") return added;
  const plain = interfaces.filter(({ prefixes }) => prefixes.length === 0);
  const mayAsk = added.kind === "exhausted" && "count" in whereToAsk(operation, plain, 1);
  return mayAsk ? { ...added, spared: pooledOf(operation, members) } : take();
}

/** What an earlier try on this node took for the claim, before the claim could say so. */
function begun(operation: Operation, { metadata }: StoredVpcIPClaim): Address | undefined {
  const record = [...operation.records.values()].find(
    ({ spec }) => spec.claim?.uid === metadata.uid && spec.release === undefined,
  );
  return record === undefined || !isAt(record, operation.machine) ? undefined : addressOfRecord(record);
}

const pooledOf = ({ status }: Operation, addresses: ReadonlySet<Address>): number =>
  (status.pool ?? []).filter((entry) => addresses.has(parseAddress(entry.address) as Address)).length;

function pooledAt({ status }: Operation, address: Address): Place | undefined {
  const entry = (status.pool ?? []).find((one) => one.address === address);
  return entry === undefined ? undefined : { address, interfaceID: entry.interfaceID };
}

const again = (why: string): Added => ({ kind: "again", why });
