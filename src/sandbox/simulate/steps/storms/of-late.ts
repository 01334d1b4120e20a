import { MINUTE, type StepDefinition } from "../step.ts";
import {
  agentOf,
  at,
  marks,
  ripens,
  type Scene,
  SECOND,
  starts,
  story,
  sweepOf,
  sweeps,
  sweepsAgain,
} from "./story.ts";

/** A function stands still between its last look at the lease and the first byte. */
async function lateSender(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  node.leaks.make(1);
  await marks(scene);
  await ripens(scene);
  const length = dice.length(70 * SECOND, 20 * MINUTE);
  const moment = dice.chance(0.5) ? /^signing$/ : /^sending$/;
  at(scene, sweepOf(scene), moment, { stands: () => simulation.sleep(length) });
  await sweeps(scene);
  await simulation.clock.pass(length + SECOND);
}

/** A function whose clock is minutes off. */
async function badClock(scene: Scene): Promise<void> {
  const { simulation, node } = scene;
  node.leaks.make(1);
  await marks(scene);
  await ripens(scene);
  simulation.badClocks = 1;
  await sweeps(scene, 30 * SECOND);
}

const ON_ITS_WAY = 13 * MINUTE;

/** A request is long on its way; meanwhile EC2 gives its address to the same interface again. */
async function givenAgain(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { tenants, clock } = simulation;
  const end = clock.now() + ON_ITS_WAY + simulation.settings.markAgeSeconds * SECOND + MINUTE;
  node.leaks.make(1, true);
  starts(scene, 2);
  await marks(scene);
  await ripens(scene);
  const isHeard = dice.chance(0.5);
  at(scene, sweepOf(scene), /^Unassign/, {
    fate: () => {
      const until = simulation.sleep(ON_ITS_WAY);
      return isHeard
        ? { fate: { lateFrom: until }, name: "trapped, late" }
        : { fate: { frozen: "before", until }, name: "trapped, on its way" };
    },
  });
  tenants.crowd(0);
  await sweeps(scene);
  if (isHeard)
    for (let refill = 0; refill < 2; refill++)
      at(scene, agentOf(scene), /^Assign/, { fate: () => ({ fate: "lost-after", name: "trapped" }) });
  else {
    await sweeps(scene, 5 * SECOND);
    tenants.crowd(0);
    await sweepsAgain(scene, 1);
  }
  await sweeps(scene, 5 * SECOND);
  if (isHeard) tenants.leave();
  for (let round = 0; round < 2; round++) {
    await clock.pass(10 * SECOND);
    starts(scene, 4);
    await clock.pass(3 * MINUTE);
  }
  await clock.pass(Math.max(SECOND, end - clock.now()));
  if (!isHeard) tenants.leave();
}

/** A refill hangs in EC2 for longer than anybody waits for it; then it writes down what it got. */
async function slowRefill(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { clock, settings } = simulation;
  // As long as an open refill keeps what it may have brought, and the mark's age after that.
  const length = 10 * MINUTE + settings.markAgeSeconds * SECOND + 90 * SECOND;
  at(scene, agentOf(scene), /^Assign/, {
    fate: () => ({
      fate: { frozen: "after", until: simulation.sleep(length) },
      name: `trapped, frozen for ${length} ms`,
    }),
  });
  // All that the pool has, and no more: the refill is maintenance's, which no runtime waits for.
  starts(scene, node.pooled.length);
  await clock.pass(11 * MINUTE);
  await marks(scene);
  await ripens(scene);
  if (dice.chance(0.3))
    for (let tries = 0; tries < 3; tries++)
      at(scene, sweepOf(scene), /^PUT .*\/nodeeniconfigs\/node/, {
        fate: () => ({ fate: { refused: 409 }, name: "refused 409" }),
      });
  await sweeps(scene, 75 * SECOND);
  starts(scene, 3);
  await clock.pass(20 * SECOND);
}

/** Recovery looks twice; in between a sweep releases what the first look found, and EC2 shows it still. */
async function oldView(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { clock, world } = simulation;
  node.leaks.make(2, true);
  await marks(scene);
  await ripens(scene);
  at(scene, agentOf(scene), /^Assign/, { fate: () => ({ fate: "lost-after", name: "trapped" }) });
  starts(scene, 5);
  await clock.pass(40 * SECOND + dice.below(60 * SECOND));
  world.ec2.setDescribeLag(30 * SECOND);
  node.agent.busy();
  await clock.pass(35 * SECOND);
  await sweeps(scene, 2 * SECOND);
  node.agent.busy();
  await clock.pass(2 * MINUTE);
  world.ec2.setDescribeLag(0);
  starts(scene, 4);
  await clock.pass(20 * SECOND);
}

/** Who is late. */
export const OF_LATE = {
  "storm-late-sender": story(0.3, lateSender),
  "storm-bad-clock": story(0.2, badClock),
  "storm-given-again": story(0.3, givenAgain),
  "storm-slow-refill": story(0.4, slowRefill, ({ kind }) => kind === "cni"),
  "storm-old-view": story(0.35, oldView),
} as const satisfies Record<string, StepDefinition>;
