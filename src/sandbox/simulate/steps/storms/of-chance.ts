import { HOUR, MINUTE, type StepDefinition } from "../step.ts";
import { churns, disturbs, OF_A_SWEEP, OF_AN_AGENT, ripens, sweeps, trap } from "./chance.ts";
import { calmly, livingOf, SECOND, STORY_LENGTH } from "./story.ts";

/** Storms in which chance decides what is in whose way. */
export const OF_CHANCE = {
  "storm-sweep": {
    weight: 0.35,
    length: STORY_LENGTH,
    run: async (simulation, dice) => {
      const node = dice.pick(livingOf(simulation));
      if (node === undefined) return;
      await calmly(simulation, async () => {
        await ripens(simulation, node, dice);
        const length = trap(simulation, dice, `sweep ${node.name}`, OF_A_SWEEP);
        simulation.spawn(simulation.functions.collect({ kind: "due" }, dice.seed()));
        await simulation.clock.pass(5 * SECOND);
        const isInTheMiddle = dice.chance(0.5);
        if (isInTheMiddle) await sweeps(simulation, node, dice, 1);
        const ends = disturbs(simulation, node, dice);
        if (!isInTheMiddle) await simulation.clock.pass(dice.length(SECOND, 2 * MINUTE));
        await sweeps(simulation, node, dice, 2 + dice.below(2));
        ends();
        if (dice.chance(0.4)) {
          node.agent.kill();
          node.agent.start();
        }
        await simulation.clock.pass(Math.min(length, 5 * MINUTE));
        churns(simulation, node, dice);
        await simulation.clock.pass(length);
      });
    },
  },
  "storm-agent": {
    weight: 0.3,
    length: STORY_LENGTH,
    run: async (simulation, dice) => {
      const node = dice.pick(livingOf(simulation));
      if (node === undefined) return;
      await calmly(simulation, async () => {
        await ripens(simulation, node, dice);
        const length = trap(simulation, dice, `agent ${node.name}`, OF_AN_AGENT);
        churns(simulation, node, dice);
        await simulation.clock.pass(dice.length(SECOND, 30 * SECOND));
        simulation.spawn(simulation.functions.collect({ kind: "due" }, dice.seed()));
        await simulation.clock.pass(5 * SECOND);
        await sweeps(simulation, node, dice, 2 + dice.below(2));
        await simulation.clock.pass(length);
        churns(simulation, node, dice);
        await simulation.clock.pass(MINUTE);
      });
    },
  },
  "storm-daily": {
    weight: 0.25,
    length: STORY_LENGTH,
    run: async (simulation, dice) => {
      const { functions, clock } = simulation;
      await calmly(simulation, async () => {
        simulation.spawn(functions.collect({ kind: "leaks" }, dice.seed()));
        await clock.pass(HOUR + dice.length(MINUTE, 30 * MINUTE));
        simulation.spawn(functions.collect({ kind: dice.chance(0.5) ? "due" : "leaks" }, dice.seed()));
        await clock.pass(MINUTE);
        for (let round = 0; round < 3; round++) {
          simulation.spawn(functions.drain(6, dice.seed()));
          await clock.pass(20 * SECOND);
        }
      });
    },
  },
} as const satisfies Record<string, StepDefinition>;
