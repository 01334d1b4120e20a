import type { Clock } from "../../../src/ports/clock.ts";

export interface FakeClock extends Clock {
  /** How long each sleep was. */
  readonly slept: readonly number[];
  set(now: number): void;
  advance(milliseconds: number): void;
}

/** Own time that stands still but for sleeps, which pass at once. */
export function fakeClock(start = Date.UTC(2031, 4, 6, 7, 8, 9)): FakeClock {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
    },
    set: (time) => {
      now = time;
    },
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}
