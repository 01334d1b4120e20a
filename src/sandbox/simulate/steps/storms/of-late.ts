import { MINUTE, type StepDefinition } from "../step.ts";
import {
  at,
  marks,
  podsOn,
  ripens,
  type Scene,
  SECOND,
  slows,
  starts,
  story,
  sweeps,
  sweepsAgain,
} from "./story.ts";

const sweepOf = ({ node }: Scene): string => `sweep ${node.name}`;
const agentOf = ({ node }: Scene): string => `agent ${node.name}`;

/** A function stands still between its last look at the lease and the first byte. */
async function lateSender(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  node.leak(1);
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
  node.leak(1);
  await marks(scene);
  await ripens(scene);
  simulation.badClocks = 1;
  await sweeps(scene, 30 * SECOND);
}

const ON_ITS_WAY = 13 * MINUTE;

/** A request is long on its way; meanwhile EC2 gives its address to the same interface again. */
async function givenAgain(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { tenants, clock, functions } = simulation;
  const end = clock.now() + ON_ITS_WAY + simulation.settings.markAgeSeconds * SECOND + MINUTE;
  node.leak(1, true);
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
    at(scene, agentOf(scene), /^Assign/, { fate: () => ({ fate: "lost-after", name: "trapped" }) });
  else await sweepsAgain(scene, 2);
  simulation.spawn(functions.collect({ kind: "due" }, dice.seed()));
  await clock.pass(5 * SECOND);
  simulation.spawn(functions.drain(4, dice.seed()));
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
  const { simulation, dice } = scene;
  const { clock, settings } = simulation;
  if (settings.markAgeSeconds > 300) return;
  // As long as an open refill keeps what it may have brought, and the mark's age after that.
  const length = 10 * MINUTE + settings.markAgeSeconds * SECOND + 90 * SECOND;
  at(scene, agentOf(scene), /^Assign/, {
    fate: () => ({
      fate: { frozen: "after", until: simulation.sleep(length) },
      name: `trapped, frozen for ${length} ms`,
    }),
  });
  starts(scene, 9);
  await clock.pass(10 * MINUTE + 20 * SECOND);
  await marks(scene);
  await ripens(scene);
  if (dice.chance(0.4))
    for (let tries = 0; tries < 3; tries++)
      at(scene, sweepOf(scene), /^PUT .*\/nodeeniconfigs\/node/, {
        fate: () => ({ fate: { refused: 409 }, name: "refused 409" }),
      });
  await sweeps(scene, 30 * SECOND);
  await clock.pass(2 * MINUTE);
  for (const pod of podsOn(scene).slice(0, 2)) simulation.pods.stop(pod);
  starts(scene, 4);
  await clock.pass(3 * MINUTE);
  starts(scene, 3);
  await clock.pass(10 * SECOND);
}

/** Recovery looks twice; in between a sweep releases what the first look found, and EC2 shows it still. */
async function oldView(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { clock, world } = simulation;
  node.leak(2, true);
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

/** A busy allocator is slow; who asks for its lease must wait, and asks again. */
async function slowHolder(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  node.leak(1);
  await marks(scene);
  await ripens(scene);
  slows(scene, agentOf(scene), dice.length(2 * SECOND, 9 * SECOND));
  starts(scene, 3);
  await simulation.clock.pass(4 * SECOND);
  await sweeps(scene);
  starts(scene, 2);
  await sweepsAgain(scene, 2);
}

/** Somebody else has the lease, for as long as its term says. */
async function otherHolder(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  node.leak(1);
  await marks(scene);
  await ripens(scene);
  simulation.person.takeLease(node.name, dice.pick([300, 600]) ?? 300);
  starts(scene, 1);
  await sweeps(scene);
  await sweepsAgain(scene, 2);
}

/** A sweep dies when it has asked for the lease. */
async function askedAndDied(scene: Scene): Promise<void> {
  const { node } = scene;
  node.leak(1);
  starts(scene, 1);
  await marks(scene);
  await ripens(scene);
  at(scene, sweepOf(scene), /^PUT .*\/leases\//, {
    fate: () => ({ fate: "killed-after", name: "trapped, killed-after" }),
  });
  await sweeps(scene, 30 * SECOND);
  starts(scene, 2);
}

/** Who is late, and who has to wait. */
export const OF_LATE = {
  "storm-late-sender": story(0.4, lateSender),
  "storm-bad-clock": story(0.3, badClock),
  "storm-given-again": story(0.7, givenAgain),
  "storm-slow-refill": story(0.7, slowRefill, ({ kind }) => kind === "cni"),
  "storm-old-view": story(0.5, oldView),
  "storm-slow-holder": story(0.4, slowHolder),
  "storm-other-holder": story(0.4, otherHolder),
  "storm-asked-and-died": story(0.3, askedAndDied),
} as const satisfies Record<string, StepDefinition>;
