import type { Dice } from "../dice.ts";
import type { Rates } from "../faults.ts";
import { NO_FAULTS } from "../faults.ts";
import type { StepDefinition } from "./step.ts";

/** Some kinds of fault, each with a rate of its own. */
function drawRates(dice: Dice): Rates {
  // Squared: mostly so few that work goes on between two of them, now and then so many that little does.
  const rate = (most: number): number => (dice.chance(0.4) ? dice.next() ** 2 * most : 0);
  return {
    lostBefore: rate(0.05),
    lostAfter: rate(0.05),
    late: rate(0.05),
    doubled: rate(0.03),
    killed: rate(0.03),
    frozen: rate(0.02),
    refused: rate(0.08),
  };
}

/** Faults come and go. */
export const OF_FAULTS = {
  "function-faults": {
    weight: 3,
    run: (simulation, dice) => {
      simulation.rates = { ...simulation.rates, functions: dice.chance(0.3) ? NO_FAULTS : drawRates(dice) };
    },
  },
  "agent-faults": {
    weight: 3,
    run: (simulation, dice) => {
      simulation.rates = { ...simulation.rates, agents: dice.chance(0.3) ? NO_FAULTS : drawRates(dice) };
    },
  },
} as const satisfies Record<string, StepDefinition>;
