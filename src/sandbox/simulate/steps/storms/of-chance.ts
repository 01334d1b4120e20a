import { HOUR, MINUTE, type StepDefinition } from "../step.ts";
import { churns, disturbs, OF_A_SWEEP, OF_AN_AGENT, ripenLeaks, sweepRounds, trap } from "./chance.ts";
import { agentOf, type Scene, SECOND, story, sweepOf } from "./story.ts";

/** A sweep in whose way something comes. */
async function aSweep(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { clock, functions } = simulation;
  await ripenLeaks(scene);
  const length = trap(scene, sweepOf(scene), OF_A_SWEEP);
  simulation.spawn(functions.collect({ kind: "due" }, dice.seed()));
  await clock.pass(5 * SECOND);
  const isInTheMiddle = dice.chance(0.5);
  if (isInTheMiddle) await sweepRounds(scene, 1);
  const ends = disturbs(scene);
  if (!isInTheMiddle) await clock.pass(dice.length(SECOND, 2 * MINUTE));
  await sweepRounds(scene, 2 + dice.below(2));
  ends();
  if (dice.chance(0.4)) {
    node.agent.kill();
    node.agent.start();
  }
  await clock.pass(Math.min(length, 5 * MINUTE));
  churns(scene);
  await clock.pass(length);
}

/** An agent in whose way something comes, and its node is swept. */
async function anAgent(scene: Scene): Promise<void> {
  const { simulation, dice } = scene;
  const { clock, functions } = simulation;
  await ripenLeaks(scene);
  const length = trap(scene, agentOf(scene), OF_AN_AGENT);
  churns(scene);
  await clock.pass(dice.length(SECOND, 30 * SECOND));
  simulation.spawn(functions.collect({ kind: "due" }, dice.seed()));
  await clock.pass(5 * SECOND);
  await sweepRounds(scene, 2 + dice.below(2));
  await clock.pass(length);
  churns(scene);
  await clock.pass(MINUTE);
}

/** A daily run, and another look when its marks count. */
async function daily({ simulation, dice }: Scene): Promise<void> {
  const { functions, clock } = simulation;
  simulation.spawn(functions.collect({ kind: "leaks" }, dice.seed()));
  await clock.pass(HOUR + dice.length(MINUTE, 30 * MINUTE));
  simulation.spawn(functions.collect({ kind: dice.chance(0.5) ? "due" : "leaks" }, dice.seed()));
  await clock.pass(MINUTE);
  for (let round = 0; round < 3; round++) {
    simulation.spawn(functions.drain(6, dice.seed()));
    await clock.pass(20 * SECOND);
  }
}

/** Storms in which chance decides what is in whose way. */
export const OF_CHANCE = {
  "storm-sweep": story(0.35, aSweep),
  "storm-agent": story(0.3, anAgent),
  "storm-daily": story(0.25, daily),
} as const satisfies Record<string, StepDefinition>;
