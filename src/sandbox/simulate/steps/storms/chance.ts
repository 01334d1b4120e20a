import type { Fate } from "../../../in-process/index.ts";
import { HOUR, MINUTE } from "../step.ts";
import { podsOn, type Scene, SECOND, slows, starts } from "./story.ts";

/** Through these things of the outer world a sweep is most often seen to be late, alone or wrong. */
export const OF_A_SWEEP = [
  /^Unassign/,
  /^Unassign/,
  /^(signing|sending)$/,
  /^(PUT|DELETE) .*\/vpcips\//,
  /^PUT .*\/leases\//,
  /^PUT .*\/nodeeniconfigs\/node/,
  /^Describe/,
  /./,
  /./,
];
export const OF_AN_AGENT = [
  /^Assign/,
  /^Assign/,
  /^Unassign/,
  /^(signing|sending)$/,
  /^POST .*\/vpcips/,
  /^(PUT|DELETE) .*\/vpcips\//,
  /^PUT .*\/nodeeniconfigs\//,
  /^PUT .*\/leases\//,
  /./,
];

/** Lays a trap for that process: most often it stands still for longer than its lease. */
export function trap(scene: Scene, who: string, calls: readonly RegExp[]): number {
  const { simulation, dice } = scene;
  if (dice.chance(0.2)) {
    slows(scene, who, dice.length(SECOND, 12 * SECOND));
    return 5 * MINUTE;
  }
  const length = dice.length(15 * SECOND, 20 * MINUTE);
  const after = dice.chance(0.6) ? 0 : dice.below(8);
  const kind = dice.next();
  const isBefore = dice.chance(0.6);
  simulation.traps.lay({
    who,
    what: dice.pick(calls) ?? /./,
    after,
    stands: () => simulation.sleep(length),
    fate: () => {
      const until = simulation.sleep(length);
      const frozen: Fate = { frozen: isBefore ? "before" : "after", until, isBroken: kind < 0.1 };
      if (kind < 0.5) return { fate: frozen, name: `trapped, frozen for ${length} ms` };
      const late = simulation.sleep(Math.min(length, 14 * MINUTE));
      if (kind < 0.75) return { fate: { lateFrom: late }, name: `trapped, late by ${length} ms` };
      const name = kind < 0.85 ? "lost-after" : isBefore ? "killed-before" : "killed-after";
      return { fate: name, name: `trapped, ${name}` };
    },
  });
  return length;
}

/** Something on this node becomes a leak, or looks like one. */
function leaks(scene: Scene): void {
  const { node, dice } = scene;
  const { pods } = scene.simulation;
  const pod = dice.pick(podsOn(scene));
  const kind = dice.below(7);
  if (pod === undefined || kind < 2) node.leaks.make(1 + dice.below(3));
  else if (kind === 2) pods.vanish(pod);
  else if (kind === 3) pods.remake(pod, true);
  else pods.forceDelete(pod, dice.length(40 * MINUTE, 4 * HOUR));
}

/** Pods end and begin on one node, until it has used up what it has. */
export function churns(scene: Scene): void {
  const { dice } = scene;
  const { pods } = scene.simulation;
  const here = podsOn(scene);
  if (dice.chance(0.6)) for (const pod of here.slice(0, 1 + dice.below(3))) pods.stop(pod);
  starts(scene, 1 + dice.below(3));
}

/** The queue is emptied again and again, so that a node whose lease is held is asked, and in the end taken over. */
export async function sweepRounds(scene: Scene, rounds: number): Promise<void> {
  const { simulation, dice } = scene;
  const { functions, clock } = simulation;
  for (let round = 0; round < rounds; round++) {
    if (dice.chance(0.3)) simulation.spawn(functions.collect({ kind: "due" }, dice.seed()));
    simulation.spawn(functions.drain(1 + dice.below(3), dice.seed()));
    await clock.pass(dice.length(5 * SECOND, 90 * SECOND));
    if (dice.chance(0.3)) churns(scene);
  }
}

/** Leaks are made and marked, and their marks have become old enough. */
export async function ripenLeaks(scene: Scene): Promise<void> {
  const { simulation, dice } = scene;
  const { functions, clock, settings } = simulation;
  for (let count = 1 + dice.below(3); count > 0; count--) leaks(scene);
  await clock.pass(dice.length(SECOND, 20 * SECOND));
  simulation.spawn(functions.collect({ kind: "leaks" }, dice.seed()));
  await clock.pass(settings.markAgeSeconds * SECOND + dice.length(SECOND, 2 * MINUTE));
}

/** What else is true on that node while it is swept; and how it ends. */
export function disturbs({ simulation, node, dice }: Scene): () => void {
  const { person } = simulation;
  switch (dice.below(8)) {
    case 0:
    case 1:
      node.agent.kill();
      return () => {
        if (node.power === "running") node.agent.start();
      };
    case 2:
      node.stop();
      return () => node.resume();
    case 3:
      person.freeze();
      return () => person.lets(simulation.nodes, simulation.spawn);
    default:
      return () => undefined;
  }
}
