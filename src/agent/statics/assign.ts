import type { Address } from "../../domain/address.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { AssignAnswer } from "../../ports/assigner.ts";
import { addressesOn, usableInterfaces } from "../node/interfaces.ts";
import { addressOfRecord } from "../node/own-record.ts";
import type { Operation } from "../operation/operation.ts";
import { subnetOf } from "../operation/restore.ts";
import type { AgentPorts } from "../ports.ts";
import { isPooled } from "../work/choose.ts";
import { addressOfClaim, claimOfRecord, showHolder, showStolen } from "./claim.ts";

/** EC2 is to be asked for exactly this address, plainly (H60), on one of these interfaces; without the lease. */
export interface Assignment {
  readonly kind: "assign";
  readonly address: Address;
  readonly interfaceIDs: readonly string[];
}

export type Assigned =
  | { readonly outcome: "here"; readonly interfaceID: string }
  /** EC2 says that somebody else has it. */
  | { readonly outcome: "stolen"; readonly why: string }
  | { readonly outcome: "again"; readonly why: string };

/** The interface has as many addresses as it may: another one may have room. */
const FULL: ReadonlySet<string> = new Set(["PrivateIpAddressLimitExceeded"]);
/** What EC2 says of an address that another interface has, among other things (EC2 Developer Guide, "Error codes"). */
const TAKEN: ReadonlySet<string> = new Set([
  "InvalidParameterValue",
  "PrivateIpAddressInUse",
  "InvalidIPAddress.InUse",
]);

/** EC2 refused it, and shows it here all the same. */
interface Unsure {
  readonly outcome: "unsure";
  readonly interfaceID: string;
}

/**
 * Asks EC2. An address that is on one of the own interfaces already is here; where EC2 refused and shows it here, it may be an old
 * view, from before it was given away (H07): that is believed only at a second look.
 */
export async function assign(
  ports: AgentPorts,
  assignment: Assignment,
  secondLookSeconds: number,
): Promise<Assigned> {
  const first = await ask(ports, assignment);
  if (first.outcome !== "unsure") return first;
  await ports.clock.sleep(secondLookSeconds * 1000);
  const second = await ask(ports, assignment);
  if (second.outcome !== "unsure") return second;
  const { interfaceID } = second;
  if (interfaceID === first.interfaceID) return { outcome: "here", interfaceID };
  return { outcome: "again", why: `EC2 shows ${assignment.address} on two interfaces` };
}

async function ask(ports: AgentPorts, { address, interfaceIDs }: Assignment): Promise<Assigned | Unsure> {
  let refusal: Extract<AssignAnswer, { kind: "refused" }> | undefined;
  for (const interfaceID of interfaceIDs) {
    const answer = await ports.assigner.assign({ interfaceID, addresses: [address] });
    if (answer.kind === "done") return { outcome: "here", interfaceID };
    if (answer.kind !== "refused")
      return { outcome: "again", why: `EC2 did not say that it assigned ${address}` };
    refusal = answer;
    if (!FULL.has(answer.code)) break;
  }
  if (refusal === undefined) return { outcome: "again", why: `no interface here may have ${address}` };
  const here = (await usableInterfaces(ports)).find((item) => addressesOn(item).includes(address));
  if (here !== undefined) return { outcome: "unsure", interfaceID: here.id };
  const why = `${address} can't be assigned here: ${refusal.code}: ${refusal.message}`;
  return TAKEN.has(refusal.code) ? { outcome: "stolen", why } : { outcome: "again", why };
}

/**
 * Writes down where the address is now, or that it is nowhere here.
 *
 * @returns the record, where it is here and this node's
 */
export async function settleAssigned(
  operation: Operation,
  { address }: Assignment,
  assigned: Assigned,
): Promise<StoredVpcIP | undefined> {
  const found = await operation.ports.cluster.getVpcIP(address);
  if (!found.found || !found.object.readable) return undefined;
  const record = found.object.object;
  const { nodeName, instanceID } = operation.machine;
  const { spec } = record;
  const isOurs = spec.nodeName === nodeName && spec.instanceID === instanceID && spec.release === undefined;
  if (!isOurs) return undefined;
  switch (assigned.outcome) {
    case "again":
      return undefined;
    case "stolen": {
      const { interfaceID: _interface, instanceID: _instance, ...rest } = spec;
      await operation.replaceRecord({ ...record, spec: rest });
      const claim = await claimOfRecord(operation.ports, spec);
      if (claim !== undefined) await showStolen(operation, claim, assigned.why);
      return undefined;
    }
    case "here": {
      const { interfaceID } = assigned;
      const claim = await claimOfRecord(operation.ports, spec);
      if (claim !== undefined && addressOfClaim(claim) === undefined && spec.claim !== undefined)
        await showHolder(operation, claim, address, spec.claim.podUID);
      const subnetID = subnetOf(operation, interfaceID) ?? spec.subnetID;
      const place = { interfaceID, ...(subnetID === undefined ? {} : { subnetID }) };
      const settled = withoutEnded(operation, { ...record, spec: { ...spec, ...place } });
      const isSame = spec.interfaceID === interfaceID && settled.spec.tombstones === spec.tombstones;
      return isSame ? record : operation.replaceRecord(settled);
    }
  }
}

/**
 * Bindings to own interfaces that are over end here: EC2 has just said that the address is on one, and the pool, which is
 * ours, doesn't list it (design §4.4d).
 */
function withoutEnded(operation: Operation, record: StoredVpcIP): StoredVpcIP {
  const { tombstones = [], ...spec } = record.spec;
  const own = new Set((operation.status.interfaces ?? []).map(({ id }) => id));
  const address = addressOfRecord(record);
  const stays = tombstones.filter(
    ({ interfaceID, until }) =>
      Date.parse(until) > operation.now ||
      !own.has(interfaceID) ||
      isPooled(operation, { address, interfaceID }),
  );
  if (stays.length === tombstones.length) return record;
  return { ...record, spec: { ...spec, ...(stays.length === 0 ? {} : { tombstones: stays }) } };
}
