import { compareAddresses } from "../address.ts";
import type { Evidence } from "../evidence.ts";
import { wholePrefixes } from "../judgement/prefix.ts";
import type { StoredVpcIP } from "../objects/vpcip.ts";
import {
  isLeaked,
  type KeepReason,
  type Leaked,
  subjectOf,
  type UnknownReason,
  type Verdict,
} from "../verdict.ts";
import { marks } from "./marks.ts";

/** Times that a mark must have stood, seconds. */
export interface MarkAges {
  readonly markAgeSeconds: number;
  readonly notFoundSeconds: number;
}

/** One subject that may be released now, with the record that carries its mark. */
export interface Due {
  readonly verdict: Leaked;
  readonly record: StoredVpcIP;
}

/** What a sweep does: all that each interface gives in one request, then interfaces, then records without an address. */
export interface ReleasePlan {
  readonly unassign: readonly Unassign[];
  readonly deleteInterfaces: readonly Due[];
  readonly dropRecords: readonly Due[];
  /** The same verdicts, those that may not go yet turned to keep. */
  readonly verdicts: readonly Verdict[];
}

export interface Unassign {
  readonly interfaceID: string;
  /** Single addresses, and whole prefixes with all their members. */
  readonly items: readonly Due[];
}

/**
 * What may be released of what is leaked: it was marked before, for this very interface; the mark is old enough by the
 * API server's time; and the proof that it needs is there now.
 */
export function planReleases(evidence: Evidence, judged: readonly Verdict[], ages: MarkAges): ReleasePlan {
  const checked = judged.map((verdict) => check(evidence, verdict, ages));
  const verdicts = wholePrefixes(checked.map(({ verdict }) => verdict));
  const due = checked.flatMap(({ record }, index) => {
    const verdict = verdicts[index];
    return record !== undefined && verdict !== undefined && isLeaked(verdict) ? [{ verdict, record }] : [];
  });
  const unassign = new Map<string, Due[]>();
  for (const item of due) {
    const { gives, interfaceID } = item.verdict;
    if (gives !== "address" || interfaceID === undefined) continue;
    const others = unassign.get(interfaceID);
    if (others === undefined) unassign.set(interfaceID, [item]);
    else others.push(item);
  }
  return {
    unassign: [...unassign].map(([interfaceID, items]) => unassignOf(interfaceID, items)),
    deleteInterfaces: due.filter(({ verdict }) => verdict.gives === "interface"),
    dropRecords: due.filter(({ verdict }) => verdict.gives === "record"),
    verdicts,
  };
}

function unassignOf(interfaceID: string, items: readonly Due[]): Unassign {
  return {
    interfaceID,
    items: [...items].sort((a, b) => compareAddresses(a.verdict.address, b.verdict.address)),
  };
}

function check(
  evidence: Evidence,
  verdict: Verdict,
  ages: MarkAges,
): { readonly verdict: Verdict; readonly record?: StoredVpcIP } {
  if (!isLeaked(verdict)) return { verdict };
  const record = evidence.vpcIPs?.get(verdict.address);
  if (record?.known !== "whole" || !marks(record.object, verdict))
    return { verdict: kept(verdict, "unmarked") };
  const missing = missingProof(evidence, verdict);
  if (missing !== undefined) return { verdict: unknownOf(verdict, missing) };
  const age = markAgeSeconds(evidence, record.object);
  if (verdict.needs === "not-found-twice" && !((age ?? 0) >= ages.notFoundSeconds)) {
    return { verdict: unknownOf(verdict, "instance-not-found-once") };
  }
  if (needsMark(verdict, record.object) && !((age ?? 0) >= ages.markAgeSeconds)) {
    return { verdict: kept(verdict, "mark-young") };
  }
  return { verdict, record: record.object };
}

/** What nobody claims and EC2 doesn't have is left over; a claim was somebody's, and is looked at twice. */
export function needsMark({ needs }: Leaked, { spec }: StoredVpcIP): boolean {
  return needs !== "lease" || spec.claim !== undefined;
}

/** Age of a mark in API-server time, seconds; undefined without a mark. */
export function markAgeSeconds(evidence: Evidence, record: StoredVpcIP): number | undefined {
  const { leak } = record.spec;
  return leak === undefined ? undefined : (evidence.now - Date.parse(leak.firstObservedAt)) / 1000;
}

function missingProof(evidence: Evidence, verdict: Leaked): UnknownReason | undefined {
  if (verdict.needs !== "report") return undefined;
  const report = evidence.nodes.get(verdict.node ?? "")?.report;
  return report?.valid === true ? undefined : "report-missing";
}

const kept = (verdict: Leaked, reason: KeepReason): Verdict => ({
  ...subjectOf(verdict),
  decision: "keep",
  reason,
});
const unknownOf = (verdict: Leaked, reason: UnknownReason): Verdict => ({
  ...subjectOf(verdict),
  decision: "unknown",
  reason,
});
