/** What a verifier made by Spin prints, read into values. Source: spinroot.com, "pan" and "Guided simulation" manual pages. */

export interface Verified {
  readonly errors: number;
  /** False where the search ended before everything that it can reach was visited. */
  readonly isComplete: boolean;
  readonly states: number;
  readonly depth: number;
  readonly megabytes: number;
  readonly seconds: number;
}

const CUT_SHORT =
  /Search not completed|max search depth too small|reached -DMEMLIM|out of memory|aborting|hash-table full/;

/** @returns undefined where the verifier did not come to its summary */
export function verified(text: string): Verified | undefined {
  const errors = lastNumber(text, /errors: (\d+)/g);
  const states = lastNumber(text, /^\s*([\d.e+]+) states, stored/gm);
  if (errors === undefined || states === undefined) return undefined;
  return {
    errors,
    isComplete: !CUT_SHORT.test(text),
    states,
    depth: lastNumber(text, /depth reached (\d+)/g) ?? 0,
    megabytes: lastNumber(text, /^\s*([\d.]+)\s+total actual memory usage/gm) ?? 0,
    seconds: lastNumber(text, /elapsed time ([\d.e+-]+) seconds/g) ?? 0,
  };
}

function lastNumber(text: string, pattern: RegExp): number | undefined {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  return found === undefined ? undefined : Number(found);
}

export interface Event {
  /** The same two lines over and over are told once. */
  readonly text: string;
  readonly times: number;
}

const NOISE = /^(spin:|ltl |Never claim|<<<<<|#processes|\s*$|\d+ process)/;

/** The events of a counter-example: what the model prints while it is replayed, without Spin's own words. */
export function eventsOf(replay: string): readonly Event[] {
  const events: Event[] = [];
  for (const line of replay.split("\n").map((text) => text.trim())) {
    if (NOISE.test(line)) continue;
    const last = events.at(-1);
    if (last?.text === line) events.splice(-1, 1, { text: line, times: last.times + 1 });
    else events.push({ text: line, times: 1 });
  }
  return events;
}

/** Whether a replay ends where somebody is hurt, and not by a mistake in the model. */
export const isGenuine = (events: readonly Event[]): boolean =>
  events.some(({ text }) => text.startsWith("VIOLATED:"));
