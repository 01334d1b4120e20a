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
  sweepOf,
  sweeps,
} from "./story.ts";

/** Longer than a sweep that has begun can go on. */
const LONG = 16 * MINUTE;

/** Nothing goes while a freeze is on: set in time, in the middle, or its object deleted. */
async function frozen(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { person, clock } = simulation;
  node.leaks.make(2);
  node.leaks.make(2, true);
  await marks(scene);
  await ripens(scene);
  const kind = dice.below(4);
  if (kind === 0) person.freeze();
  if (kind === 1) person.deleteFreeze();
  if (kind > 1) {
    at(scene, sweepOf(scene), /^Unassign/, {
      fate: () => {
        person.freeze();
        // Not its requests to EC2: a slow one would not be sent at all.
        slows(scene, sweepOf(scene), 13 * SECOND, /^(GET|PUT|DELETE) /);
        return { fate: "through", name: "somebody freezes" };
      },
    });
  } else await clock.pass(65 * SECOND);
  await sweeps(scene, kind > 1 ? 8 * MINUTE : 15 * SECOND);
  person.lets(simulation.nodes, simulation.spawn);
}

/** An allocator has more than it needs while a freeze is on. */
async function frozenShrink(scene: Scene): Promise<void> {
  const { simulation } = scene;
  const { person, clock, pods } = simulation;
  starts(scene, 6);
  await clock.pass(30 * SECOND);
  person.freeze();
  await clock.pass(65 * SECOND);
  for (const pod of podsOn(scene).slice(0, 6)) pods.stop(pod);
  await clock.pass(4 * MINUTE);
  person.lets(simulation.nodes, simulation.spawn);
}

/** Etcd goes back to before an allocator, or a sweep, gave something back. */
async function restored(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  const { etcd, clock, functions, pods } = simulation;
  starts(scene, 5);
  node.leaks.make(1);
  await marks(scene);
  await ripens(scene);
  for (const pod of podsOn(scene).slice(0, 5)) pods.stop(pod);
  await clock.pass(70 * SECOND);
  etcd.save();
  simulation.spawn(functions.collect({ kind: "due" }, dice.seed()));
  await clock.pass(2 * MINUTE);
  etcd.restore(dice);
  starts(scene, 5);
  await clock.pass(dice.chance(0.5) ? LONG : MINUTE);
  simulation.spawn(functions.collect({ kind: "due" }, dice.seed()));
  await sweeps(scene);
}

/** The claims' kind is deleted and made again: the marks are still there. */
async function kindAgain(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  node.leaks.make(1);
  await marks(scene);
  await ripens(scene);
  simulation.etcd.makeKindAgain(dice, "vpcipclaims.vpcip.dev");
  await simulation.clock.pass(LONG);
  await sweeps(scene);
}

/** A person's stop, and a memory that is lost. */
export const OF_STOPS = {
  "storm-frozen": story(0.35, frozen),
  "storm-frozen-shrink": story(0.2, frozenShrink),
  "storm-restored": story(0.2, restored),
  "storm-kind-again": story(0.15, kindAgain),
} as const satisfies Record<string, StepDefinition>;
