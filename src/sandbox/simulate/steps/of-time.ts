import { HOUR, MINUTE, type StepDefinition } from "./step.ts";

/** Time passes. */
export const OF_TIME = {
  time: { weight: 8, run: ({ clock }, dice) => clock.pass(dice.length(1_000, 5 * MINUTE)) },
  "much-time": { weight: 4, run: ({ clock }, dice) => clock.pass(dice.length(2 * MINUTE, 2 * HOUR)) },
  "a-day": { weight: 0.15, run: ({ clock }) => clock.pass(24 * HOUR) },
} as const satisfies Record<string, StepDefinition>;
