import type { HeldBack, Verdict } from "../../domain/verdict.ts";
import type { SweepOutcome, SweepSummary } from "../requests.ts";

/** What a sweep came to. */
export interface SweepResult extends SweepSummary {
  readonly verdicts: readonly Verdict[];
  /** What held all of it back. */
  readonly heldBack?: HeldBack;
}

export function heldBack(node: string, by: HeldBack): SweepResult {
  return { ...nothing(node, "held-back"), heldBack: by };
}

export function nothing(node: string, outcome: SweepOutcome): SweepResult {
  return { node, outcome, released: [], orphansDeleted: [], failed: [], verdicts: [] };
}
