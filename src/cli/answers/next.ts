import { KEEP_REASONS, type Leaked, UNKNOWN_REASONS, type Verdict } from "../../domain/verdict.ts";

/** What would happen to a leaked subject, said so that nobody takes a plan for a deed. */
export function nextOf(verdict: Leaked, markedAt: string | undefined): string {
  const mark = markedAt === undefined ? "it would be marked now" : `it is marked since ${markedAt}`;
  return `${mark}, and ${DEED[verdict.gives]} ${PROOF[verdict.needs]}`;
}

const DEED = {
  address: "it would be released after the grace,",
  interface: "its interface would be deleted after the grace,",
  record: "its left-over VpcIP would be deleted after the grace (EC2 has nothing to give back),",
} as const satisfies Record<Leaked["gives"], string>;

const PROOF = {
  report: "once its node hands its lease over and its report confirms it",
  terminated: "once EC2 says again that the instance is terminated",
  "not-found-twice": "once EC2 hasn't found the instance at two looks an hour apart",
  lease: "once its node hands its lease over",
} as const satisfies Record<Leaked["needs"], string>;

/** A verdict's reason in the words of the planner. */
export function wordsOf(verdict: Verdict): string {
  switch (verdict.decision) {
    case "keep":
      return KEEP_REASONS[verdict.reason];
    case "unknown":
      return UNKNOWN_REASONS[verdict.reason];
    case "leaked":
      return `nothing accounts for it (${verdict.cause})`;
    case "suspect":
      return "labels alone don't tell: the whole objects are needed";
  }
}
