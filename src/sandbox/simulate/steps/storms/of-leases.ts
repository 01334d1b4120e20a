import type { StepDefinition } from "../step.ts";
import {
  agentOf,
  at,
  marks,
  ripens,
  type Scene,
  SECOND,
  slows,
  starts,
  story,
  sweepOf,
  sweeps,
  sweepsAgain,
} from "./story.ts";

/** A busy allocator is slow; who asks for its lease must wait, and asks again. */
async function slowHolder(scene: Scene): Promise<void> {
  const { simulation, node, dice } = scene;
  node.leaks.make(1);
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
  node.leaks.make(1);
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
  node.leaks.make(1);
  starts(scene, 1);
  await marks(scene);
  await ripens(scene);
  at(scene, sweepOf(scene), /^PUT .*\/leases\//, {
    fate: () => ({ fate: "killed-after", name: "trapped, killed-after" }),
  });
  await sweeps(scene, 30 * SECOND);
  starts(scene, 2);
}

/** Who has to wait for a lease. */
export const OF_LEASES = {
  "storm-slow-holder": story(0.25, slowHolder),
  "storm-other-holder": story(0.25, otherHolder),
  "storm-asked-and-died": story(0.25, askedAndDied),
} as const satisfies Record<string, StepDefinition>;
