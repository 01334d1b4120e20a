import type { Verdict } from "../domain/verdict.ts";

/** What people and alarms are told. Telling never changes what is done. */
export interface Notices {
  /** Every judgement of a pass, keeps too. */
  judged(pass: "collect" | "sweep" | "clean", run: string, verdicts: readonly Verdict[]): void;
  /** One address or interface given back: the audit line, with its evidence. */
  released(line: AuditLine): void;
  /** A node's world was stopped for so long (own time). */
  paused(node: string, milliseconds: number): void;
  /** Something that a person must look at. */
  alarm(alarm: Alarm): void;
  /** A number for a metric. */
  count(metric: Metric, value: number): void;
}

export interface AuditLine {
  readonly run: string;
  readonly kind: "address" | "prefix" | "interface" | "record";
  readonly subject: string;
  readonly interfaceID?: string;
  readonly node: string;
  readonly cause: string;
  readonly firstObservedAt: string;
  readonly ageSeconds: number;
  readonly answer: "done" | "gone" | "unclear" | "record-only";
  readonly requestID?: string;
  /** What proved it: report, Pod UID, container ID, … */
  readonly evidence: Readonly<Record<string, string>>;
}

export interface Alarm {
  readonly kind:
    | "frozen"
    | "lost-memory"
    | "breaker"
    | "unknown"
    | "allocator-silent"
    | "claim-put-back"
    | "untagged-interface"
    | "item-failed"
    | "forbidden";
  readonly message: string;
  readonly node?: string;
  readonly subject?: string;
}

export type Metric =
  | "CollectSucceeded"
  | "Leaked"
  | "Kept"
  | "Unknown"
  | "Released"
  | "OrphansDeleted"
  | "HeldBack"
  | "DirtyNodes"
  | "BreakerTripped"
  | "Frozen"
  | "Unclear"
  | "SweepBusy";
