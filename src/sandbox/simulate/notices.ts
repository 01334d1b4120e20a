import type { Verdict } from "../../domain/verdict.ts";
import type { Alarm, Notices } from "../../ports/notices.ts";
import type { EventLog } from "./event-log.ts";

/** What goes without saying. */
const USUAL: ReadonlySet<string> = new Set(["pool", "cooling", "claimed", "in-use"]);

/**
 * What the functions tell, in the event log: for people who ask why.
 *
 * @param heard told of each alarm
 */
export function noticesIn(log: EventLog, heard: (kind: Alarm["kind"]) => void): Notices {
  return {
    judged: (pass, run, verdicts) => {
      const told = verdicts.flatMap(textOf);
      if (told.length > 0) log.add(`${pass} ${run}`, `judges ${told.join(", ")}`);
    },
    released: () => undefined,
    paused: () => undefined,
    alarm: ({ kind, message, node = "" }) => {
      log.add("alarm", `${kind} ${node}: ${message}`);
      heard(kind);
    },
    count: () => undefined,
  };
}

function textOf(verdict: Verdict): readonly string[] {
  const { address, decision } = verdict;
  if (decision === "suspect") return [];
  if (decision === "leaked") {
    const { gives, cause, needs, heldBack } = verdict;
    return [
      `${address} leaked (${gives}, ${cause}, needs ${needs}${heldBack === undefined ? "" : `, ${heldBack}`})`,
    ];
  }
  return USUAL.has(verdict.reason) ? [] : [`${address} ${decision} (${verdict.reason})`];
}
