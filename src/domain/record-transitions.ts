import { LABEL } from "./objects/names.ts";
import type { ClaimReference, Mark, StoredVpcIP, Tombstone } from "./objects/vpcip.ts";

/** Pure transitions of a VpcIP on its way out (design §4.4). Each is written by compare-and-swap. */

/**
 * The intent: says, before EC2 is asked, that this run releases this address from this interface. An intent on another interface
 * that stood there is not forgotten with it: its request may be late, so that interface is bound in the same write.
 *
 * @param boundUntil API-server time until which EC2 could accept that late request
 */
export function intended(
  record: StoredVpcIP,
  run: string,
  interfaceID: string,
  time: string,
  boundUntil: string,
): StoredVpcIP {
  const before = record.spec.release;
  const isElsewhere = before !== undefined && before.interfaceID !== interfaceID;
  const kept = isElsewhere ? bound(record, before.interfaceID, boundUntil) : record;
  return { ...kept, spec: { ...kept.spec, release: { run, interfaceID, time } } };
}

/** The intent taken back where EC2 has done nothing, and said so: the mark stands as before. */
export function withdrawn(record: StoredVpcIP): StoredVpcIP {
  const { release: _release, ...spec } = record.spec;
  return { ...record, spec };
}

/**
 * A tombstone: EC2 may still act on a late request for this address on this interface. Mark and intent stay, so that
 * the next run decides afresh; the claim goes, for nobody may be served by it any more.
 */
export function entombed(record: StoredVpcIP, interfaceID: string, until: string): StoredVpcIP {
  const { claim: _claim, ...spec } = record.spec;
  return bound({ ...record, spec }, interfaceID, until);
}

/** The address bound to the interface until then: whoever has it, nobody else is given it there. */
export function bound(record: StoredVpcIP, interfaceID: string, until: string): StoredVpcIP {
  const tombstones = withTombstone(record.spec.tombstones ?? [], { interfaceID, until });
  return { ...record, spec: { ...record.spec, tombstones } };
}

/** A record that goes on, less the tombstones that may end (see {@link remains}). */
export function unbound(record: StoredVpcIP, mayEnd: (tombstone: Tombstone) => boolean): StoredVpcIP {
  const { tombstones = [], ...spec } = record.spec;
  const standing = tombstones.filter((tombstone) => !mayEnd(tombstone));
  return { ...record, spec: standing.length === 0 ? spec : { ...spec, tombstones: standing } };
}

/**
 * A static claim's record after its address has left the interface of a dead instance: on no interface, of no instance. Whoever
 * serves the claim next names himself in it by compare-and-swap, and asks EC2 plainly. What is bound stays bound.
 */
export function withoutPlace(record: StoredVpcIP): StoredVpcIP {
  const { instanceID: _i, interfaceID: _n, leak: _leak, release: _release, ...spec } = record.spec;
  const labels = { ...record.metadata.labels, [LABEL.state]: "Retained" };
  return { ...record, metadata: { ...record.metadata, labels }, spec };
}

/** Whether a record waits for whoever serves its static claim next: nothing of it is on any interface. */
export function isWithoutPlace({ spec }: StoredVpcIP): boolean {
  const { claim, instanceID, interfaceID, leak, release } = spec;
  const isFree = instanceID === undefined && interfaceID === undefined;
  return claim?.uid !== undefined && isFree && leak === undefined && release === undefined;
}

/**
 * A static claim's record without a place, lent to a detached interface none of whose names is free for its mark. It says which
 * interface is meant, and no instance: to every allocator it lies on another machine, so the mark can age. The claim stays beside
 * it, and waits for its address as it would anyway; {@link withoutPlace} gives the record back.
 */
export function lent(
  record: StoredVpcIP,
  { nodeName, interfaceID }: { readonly nodeName: string; readonly interfaceID: string },
  leak: Mark,
): StoredVpcIP {
  return { ...record, spec: { ...record.spec, nodeName, interfaceID, leak } };
}

/** Whether a static claim's record is lent to an interface. Whoever puts an address somewhere names the instance, too. */
export function isLent({ spec: { claim, instanceID, interfaceID } }: StoredVpcIP): boolean {
  return claim?.uid !== undefined && instanceID === undefined && interfaceID !== undefined;
}

/**
 * What is left of a record after its address has gone: its tombstones, or nothing.
 *
 * @param mayEnd whether a tombstone may go with the rest: it is over, and the bump has taken the address out of the pool of
 * its interface, on whatever node that is (design §4.4d)
 */
export function remains(
  record: StoredVpcIP,
  mayEnd: (tombstone: Tombstone) => boolean,
): StoredVpcIP | undefined {
  const { claim: _claim, leak: _leak, release: _release, tombstones = [], ...place } = record.spec;
  const standing = tombstones.filter((tombstone) => !mayEnd(tombstone));
  return standing.length === 0 ? undefined : { ...record, spec: { ...place, tombstones: standing } };
}

/**
 * The claim back in its place: somebody uses the address after all. Where nobody can be named (a sandbox lives, its Pod is
 * gone from the API), the mark stands as before: a record that says nothing would stay for ever.
 */
export function putBack(record: StoredVpcIP, claim: ClaimReference | undefined): StoredVpcIP {
  const { leak: _leak, release: _release, ...spec } = record.spec;
  if (spec.claim !== undefined) return { ...record, spec };
  return claim === undefined ? withdrawn(record) : { ...record, spec: { ...spec, claim } };
}

export function standingTombstones(tombstones: readonly Tombstone[], now: number): readonly Tombstone[] {
  return tombstones.filter(({ until }) => Date.parse(until) > now);
}

/** Whether an earlier request for this very address and interface may still be on its way. */
export function mayBeLate(record: StoredVpcIP, run: string): boolean {
  const { release, tombstones } = record.spec;
  return (release !== undefined && release.run !== run) || (tombstones ?? []).length > 0;
}

function withTombstone(tombstones: readonly Tombstone[], next: Tombstone): Tombstone[] {
  return [...tombstones.filter(({ interfaceID }) => interfaceID !== next.interfaceID), next];
}
