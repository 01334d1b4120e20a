import { type Check, expectsCounterExample } from "./checks.ts";
import { type Event, isGenuine, type Verified } from "./output.ts";

export interface Verdict {
  readonly isGood: boolean;
  readonly says: string;
}

/** What a run came to. A proof must have seen everything; a rule taken away must hurt somebody. */
export function verdictOf(check: Check, result: Verified | undefined, events: readonly Event[]): Verdict {
  if (result === undefined) return { isGood: false, says: "DID NOT RUN" };
  if (expectsCounterExample(check)) {
    const isFound = result.errors > 0 && isGenuine(events);
    return {
      isGood: isFound,
      says: isFound ? `counter-example, ${length(events)} steps` : "NO COUNTER-EXAMPLE",
    };
  }
  if (result.errors > 0) return { isGood: false, says: "VIOLATED" };
  if (check.search === "bitstate")
    return { isGood: true, says: result.isComplete ? "nothing found" : "nothing found in its time" };
  return result.isComplete ? { isGood: true, says: "holds" } : { isGood: false, says: "NOT COMPLETE" };
}

const length = (events: readonly Event[]): number =>
  events.filter(({ text }) => !text.startsWith("VIOLATED:")).reduce((sum, { times }) => sum + times, 0);

export const HEADINGS = ["check", "configuration", "search", "states", "depth", "MB", "s", "result"] as const;

/** The cells of one line of the table. */
export function row(check: Check, result: Verified | undefined, verdict: Verdict): readonly string[] {
  const { states = 0, depth = 0, megabytes = 0, seconds = 0 } = result ?? {};
  const search = check.search === "shortest" ? "breadth first" : check.search;
  const numbers = [states.toLocaleString("en-US"), String(depth), megabytes.toFixed(0), seconds.toFixed(1)];
  return [check.kind, check.name, search, ...numbers, verdict.says];
}

const WIDTHS = [12, 50, 13, 11, 8, 5, 6] as const;

/** One line: words to the left, numbers to the right. */
export function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) => {
      const width = WIDTHS[index] ?? 0;
      return index >= 3 && index <= 6 ? cell.padStart(width) : cell.padEnd(width);
    })
    .join("  ")
    .trimEnd();
}
