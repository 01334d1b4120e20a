import type { Fate } from "../../../in-process/index.ts";
import type { Dice } from "../../dice.ts";
import type { SimNode } from "../../node.ts";
import type { Simulation } from "../../simulation.ts";
import { HOUR, MINUTE } from "../step.ts";
import { SECOND } from "./story.ts";

const MOST_PODS = 9;
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

/** Each call of that process takes seconds: it works for longer than its lease's term, and renews it. */
function slows(simulation: Simulation, dice: Dice, who: string): number {
  const length = dice.length(SECOND, 12 * SECOND);
  simulation.traps.lay({
    who,
    what: /./,
    after: 0,
    isLasting: true,
    stands: () => simulation.sleep(length),
    fate: () => ({
      fate: { frozen: "after", until: simulation.sleep(length) },
      name: `slow by ${length} ms`,
    }),
  });
  return 5 * MINUTE;
}

/** Lays a trap for that process: most often it stands still for longer than its lease. */
export function trap(simulation: Simulation, dice: Dice, who: string, calls: readonly RegExp[]): number {
  if (dice.chance(0.2)) return slows(simulation, dice, who);
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
function leaks({ pods }: Simulation, node: SimNode, dice: Dice): void {
  const running = pods.running.filter((pod) => pod.node === node && !pod.name.startsWith("db-"));
  const pod = dice.pick(running);
  const kind = dice.below(7);
  if (pod === undefined || kind < 2) node.leak(1 + dice.below(3));
  else if (kind === 2) pods.vanish(pod);
  else if (kind === 3) pods.remake(pod, true);
  else pods.forceDelete(pod, dice.length(40 * MINUTE, 4 * HOUR));
}

/** Pods end and begin on one node, until it has used up what it has. */
export function churns({ pods }: Simulation, node: SimNode, dice: Dice): void {
  const here = pods.running.filter((pod) => pod.node === node && !pod.name.startsWith("db-"));
  if (dice.chance(0.6)) for (const pod of here.slice(0, 1 + dice.below(3))) pods.stop(pod);
  const count = [...pods.all.values()].filter((pod) => pod.node === node).length;
  const more = Math.min(MOST_PODS - count, 1 + dice.below(3));
  for (let nth = 0; nth < more; nth++) pods.start(node);
}

/** The queue is emptied again and again, so that a node whose lease is held is asked, and in the end taken over. */
export async function sweeps(
  simulation: Simulation,
  node: SimNode,
  dice: Dice,
  rounds: number,
): Promise<void> {
  const { functions, clock } = simulation;
  for (let round = 0; round < rounds; round++) {
    if (dice.chance(0.3)) simulation.spawn(functions.collect({ kind: "due" }, dice.seed()));
    simulation.spawn(functions.drain(1 + dice.below(3), dice.seed()));
    await clock.pass(dice.length(5 * SECOND, 90 * SECOND));
    if (dice.chance(0.3)) churns(simulation, node, dice);
  }
}

/** Leaks are made and marked, and their marks have become old enough. */
export async function ripens(simulation: Simulation, node: SimNode, dice: Dice): Promise<void> {
  const { functions, clock, settings } = simulation;
  for (let count = 1 + dice.below(3); count > 0; count--) leaks(simulation, node, dice);
  await clock.pass(dice.length(SECOND, 20 * SECOND));
  simulation.spawn(functions.collect({ kind: "leaks" }, dice.seed()));
  await clock.pass(settings.markAgeSeconds * SECOND + dice.length(SECOND, 2 * MINUTE));
}

/** What else is true on that node while it is swept; and how it ends. */
export function disturbs(simulation: Simulation, node: SimNode, dice: Dice): () => void {
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
