import type { Clock } from "../../ports/clock.ts";

/** How far own time may be from EC2's for anything to be released. */
export const GREATEST_SKEW_MILLISECONDS = 60_000;

/** How long an observation counts. A frozen function wakes up with an old one, and its clock may have been set meanwhile. */
const OBSERVATION_MILLISECONDS = 5 * 60_000;

/** A Date header has whole seconds. */
const DATE_MILLISECONDS = 1_000;

/** What is known of EC2's time: the Date of its latest answer against own time (design: no mutation far from EC2's Date). */
export interface ServerTime {
  /** Takes note of an answer's Date header, with own time when the request was sent. */
  observe(date: string | undefined, sentAt: number): void;
  /**
   * True when own time is surely within {@link GREATEST_SKEW_MILLISECONDS} of EC2's. False before the first answer: every release
   * comes after a Describe, so this costs nothing.
   */
  isNearOwn(): boolean;
}

export function watchServerTime(clock: Clock): ServerTime {
  let last: { readonly at: number; readonly greatestSkew: number } | undefined;
  return {
    observe(date, sentAt) {
      const served = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(served)) return;
      // EC2 wrote the date at some moment between the sending and now: the widest skew that this allows counts.
      const at = clock.now();
      const ahead = served + DATE_MILLISECONDS - sentAt;
      const behind = at - served;
      last = { at, greatestSkew: Math.max(Math.abs(ahead), Math.abs(behind)) };
    },
    isNearOwn() {
      if (last === undefined) return false;
      const age = clock.now() - last.at;
      return age >= 0 && age <= OBSERVATION_MILLISECONDS && last.greatestSkew <= GREATEST_SKEW_MILLISECONDS;
    },
  };
}
