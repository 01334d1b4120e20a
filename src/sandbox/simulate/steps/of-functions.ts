import type { StepDefinition } from "./step.ts";

/** Schedules, the queue, and people who ask for a clean. */
export const OF_FUNCTIONS = {
  "collect-leaks": {
    weight: 5,
    run: (simulation, dice) => simulation.spawn(simulation.functions.collect({ kind: "leaks" }, dice.seed())),
  },
  "collect-due": {
    weight: 8,
    run: (simulation, dice) => simulation.spawn(simulation.functions.collect({ kind: "due" }, dice.seed())),
  },
  "queue-drains": {
    weight: 12,
    run: (simulation, dice) => simulation.spawn(simulation.functions.drain(1 + dice.below(3), dice.seed())),
  },
} as const satisfies Record<string, StepDefinition>;
