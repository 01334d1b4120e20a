import { type Address, parseAddress } from "../../domain/address.ts";
import { saysKeep } from "../../domain/objects/names.ts";
import { type ClaimReference, newVpcIP, type StoredVpcIP, type VpcIP } from "../../domain/objects/vpcip.ts";
import type { LiveSandbox } from "../ports.ts";

/** An address on an interface. */
export interface Place {
  readonly address: Address;
  readonly interfaceID: string;
}

/** Where a node's records say that they are. */
export interface Machine {
  readonly nodeName: string;
  readonly instanceID: string;
}

export const addressOfRecord = ({ metadata }: StoredVpcIP): Address => parseAddress(metadata.name) as Address;

/** The claim of a new address: its creation is the lock on it (design §4.4a). */
export function newClaimed(
  { address, interfaceID }: Place,
  { nodeName, instanceID }: Machine,
  claim: ClaimReference,
  subnetID: string | undefined,
): VpcIP {
  return newVpcIP(address, {
    nodeName,
    instanceID,
    interfaceID,
    ...(subnetID === undefined ? {} : { subnetID }),
    claim,
  });
}

/** A record that nobody claims, turned into a claim: the mark goes, what binds it to other interfaces is carried along. */
export function claimed(
  record: StoredVpcIP,
  place: Place,
  machine: Machine,
  claim: ClaimReference,
  subnetID: string | undefined,
): StoredVpcIP {
  const { tombstones } = record.spec;
  const { spec } = newClaimed(place, machine, claim, subnetID);
  return { ...record, spec: { ...spec, ...(tombstones === undefined ? {} : { tombstones }) } };
}

/** Whether a tombstone binds the record's address to the interface: also one that is over, until the bump has ended it. */
export const isBoundTo = ({ spec }: StoredVpcIP, interfaceID: string | undefined): boolean =>
  (spec.tombstones ?? []).some((tombstone) => tombstone.interfaceID === interfaceID);

/** Whether a late request may yet take the record's address from the interface. */
export const isBoundNow = ({ spec }: StoredVpcIP, interfaceID: string, now: number): boolean =>
  (spec.tombstones ?? []).some(
    (tombstone) => tombstone.interfaceID === interfaceID && Date.parse(tombstone.until) > now,
  );

/**
 * Whether the allocator of the interface may turn it into a claim (design §4.2): a mark, or what binds the address elsewhere.
 * Never an intent, what is bound here, an interface's mark, or what a person wants kept.
 */
export function isAdoptable(record: StoredVpcIP, interfaceID: string): boolean {
  const { claim, release, leak } = record.spec;
  return (
    claim === undefined &&
    release === undefined &&
    leak?.scope !== "Interface" &&
    !isBoundTo(record, interfaceID) &&
    !saysKeep(record.metadata.annotations)
  );
}

/** Whether the record is this very sandbox's, here. */
export function isClaimOf(
  record: StoredVpcIP,
  { containerID, podUID }: Pick<ClaimReference, "containerID" | "podUID">,
): boolean {
  const { claim } = record.spec;
  return claim?.containerID === containerID && claim.podUID === podUID;
}

export const isAt = (
  { spec }: StoredVpcIP,
  { nodeName, instanceID }: Machine,
  interfaceID?: string,
): boolean =>
  spec.nodeName === nodeName &&
  spec.instanceID === instanceID &&
  (interfaceID === undefined || spec.interfaceID === interfaceID);

/** What stays of a record whose claim ends: its tombstones, over or not, for only a bump may end them. */
export function withoutClaim(record: StoredVpcIP): StoredVpcIP | undefined {
  const { claim: _claim, leak: _leak, release: _release, tombstones = [], ...place } = record.spec;
  return tombstones.length === 0 ? undefined : { ...record, spec: { ...place, tombstones } };
}

/** The claim that a live sandbox amounts to. */
export const claimOfSandbox = ({
  podNamespace,
  podName,
  podUID,
  containerID,
}: LiveSandbox): ClaimReference => ({
  namespace: podNamespace,
  name: podName,
  podUID,
  containerID,
});
