import type { Verdict } from "../../domain/verdict.ts";

/** How many subjects of each decision, by reason or cause. */
export interface JudgementCounts {
  readonly subjects: number;
  readonly suspects: number;
  readonly leaked: Readonly<Record<string, number>>;
  /** Of the leaked ones: those that a freeze, a breaker or the mode holds back. */
  readonly heldBack: Readonly<Record<string, number>>;
  readonly kept: Readonly<Record<string, number>>;
  readonly unknown: Readonly<Record<string, number>>;
}

export function countsByReason(verdicts: readonly Verdict[]): JudgementCounts {
  const leaked: Record<string, number> = {};
  const heldBack: Record<string, number> = {};
  const kept: Record<string, number> = {};
  const unknown: Record<string, number> = {};
  let suspects = 0;
  const add = (counts: Record<string, number>, why: string): void => {
    counts[why] = (counts[why] ?? 0) + 1;
  };
  for (const verdict of verdicts) {
    switch (verdict.decision) {
      case "keep":
        add(kept, verdict.reason);
        break;
      case "unknown":
        add(unknown, verdict.reason);
        break;
      case "leaked":
        add(leaked, verdict.cause);
        if (verdict.heldBack !== undefined) add(heldBack, verdict.heldBack);
        break;
      case "suspect":
        suspects += 1;
        break;
    }
  }
  return { subjects: verdicts.length, suspects, leaked, heldBack, kept, unknown };
}

/** A keep is told by its count: there are as many as there are Pods. */
export function worthALine(verdict: Verdict): boolean {
  return verdict.decision !== "keep";
}
