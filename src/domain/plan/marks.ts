import type { Address } from "../address.ts";
import type { Evidence, NetworkInterface } from "../evidence.ts";
import { retention } from "../expiry.ts";
import { saysKeep, TAG } from "../objects/names.ts";
import type { Mark, StoredVpcIP } from "../objects/vpcip.ts";
import { isLent } from "../record-transitions.ts";
import { isLeaked, type KeepReason, type Leaked, type Verdict } from "../verdict.ts";

/** What the mark pass writes: notes only, each harmless when wrong. */
export interface MarkPlan {
  /** Nobody has a VpcIP of that name: a mark is created. */
  readonly create: readonly NewMark[];
  /** A VpcIP without a mark, or with one for another interface: the mark is put into it by compare-and-swap. */
  readonly put: readonly { readonly record: StoredVpcIP; readonly mark: NewMark }[];
  /** The address has a keeper: the mark goes. */
  readonly remove: readonly StoredVpcIP[];
}

export interface NewMark {
  readonly address: Address;
  readonly nodeName: string;
  readonly instanceID?: string;
  readonly interfaceID?: string;
  readonly subnetID?: string;
  readonly cause: Leaked["cause"];
  readonly scope: Mark["scope"];
}

/** Compares what looks leaked with the marks that stand. */
export function planMarks(evidence: Evidence, verdicts: readonly Verdict[]): MarkPlan {
  const interfaces = new Map(evidence.interfaces.map((item) => [item.id, item]));
  const create: NewMark[] = [];
  const put: { record: StoredVpcIP; mark: NewMark }[] = [];
  const leaked = new Set<Address>();
  for (const verdict of verdicts) {
    if (!isLeaked(verdict) || verdict.node === undefined) continue;
    leaked.add(verdict.address);
    const record = evidence.vpcIPs?.get(verdict.address);
    const mark = newMark(evidence, verdict, interfaces.get(verdict.interfaceID ?? ""), verdict.node);
    if (record === undefined) create.push(mark);
    else if (record.known === "whole" && !marks(record.object, verdict))
      put.push({ record: record.object, mark });
  }
  const remove: StoredVpcIP[] = [];
  for (const verdict of verdicts) {
    const record = evidence.vpcIPs?.get(verdict.address);
    if (record?.known !== "whole" || leaked.has(verdict.address)) continue;
    if (verdict.decision !== "keep" || !hasFreeMark(record.object)) continue;
    const isWanted = isOnlyKeptMark(record.object) || isOfExpired(evidence, record.object, verdict.reason);
    if (!isWanted) remove.push(record.object);
  }
  return { create, put, remove };
}

/**
 * Whether the record's mark is about this very situation: the same address on the same interface, in the same scope. Where
 * the mark must be the first of two looks at an instance that isn't found, one made for another reason is no such look.
 */
export function marks(record: StoredVpcIP, verdict: Leaked): boolean {
  const { leak, interfaceID } = record.spec;
  if (leak === undefined) return record.spec.claim === undefined && verdict.gives === "record";
  if (verdict.needs === "not-found-twice" && leak.cause !== verdict.cause) return false;
  // The mark of an interface that its record is lent to is no look at the claim.
  if (verdict.gives === "record") return leak.scope === "Address" || !isLent(record);
  return (
    interfaceID === verdict.interfaceID && (leak.scope === "Interface") === (verdict.gives === "interface")
  );
}

/**
 * A mark beside a person's word to keep the address, and nothing else. Without its mark such a record would say nothing at all once
 * the person takes the word back, and what says nothing may have been pruned, and is kept for ever (H20).
 */
export function isOnlyKeptMark({ spec, metadata }: StoredVpcIP): boolean {
  const { claim, leak, release, tombstones = [] } = spec;
  const isOnlyMark =
    leak !== undefined && claim === undefined && release === undefined && tombstones.length === 0;
  return isOnlyMark && saysKeep(metadata.annotations);
}

const SERVED: ReadonlySet<KeepReason> = new Set<KeepReason>(["claimed", "retained", "attaching"]);

/**
 * The mark of a static claim whose time is over, where something else keeps its address (a container that outlives its Pod, a pool):
 * the five-minute run would make it anew at once, and the sweep take it away again, without end. It stays, and is put off.
 */
function isOfExpired(
  { claims, now }: Evidence,
  { spec: { claim, leak } }: StoredVpcIP,
  reason: KeepReason,
): boolean {
  if (leak?.cause !== "claim-expired" || claim?.uid === undefined || SERVED.has(reason)) return false;
  const found = claims?.get(`${claim.namespace}/${claim.name}`);
  if (found?.readable !== true || found.object.metadata.uid !== claim.uid) return false;
  const kept = retention(found.object, now);
  return !kept.retained && kept.cause === "claim-expired";
}

/** A mark that no release has taken up: it can go without a lease. */
function hasFreeMark({ spec }: StoredVpcIP): boolean {
  return spec.leak !== undefined && spec.release === undefined;
}

function newMark(
  evidence: Evidence,
  verdict: Leaked,
  item: NetworkInterface | undefined,
  nodeName: string,
): NewMark {
  const config = evidence.nodes.get(nodeName)?.config;
  const ofNode = config?.readable === true ? config.object.status?.instanceID : undefined;
  const instanceID = item?.attachment?.instanceID ?? item?.tags?.[TAG.instance] ?? ofNode;
  return {
    address: verdict.address,
    nodeName,
    cause: verdict.cause,
    scope: verdict.gives === "interface" ? "Interface" : "Address",
    ...(instanceID === undefined ? {} : { instanceID }),
    ...(verdict.interfaceID === undefined ? {} : { interfaceID: verdict.interfaceID }),
    ...(item?.subnetID === undefined ? {} : { subnetID: item.subnetID }),
  };
}
