import { writeSweepMessage } from "../../../../adapters/sqs/message.ts";
import type { Dice } from "../../dice.ts";
import { NO_FAULTS } from "../../faults.ts";
import type { SimNode } from "../../node.ts";
import type { SimPod } from "../../pods.ts";
import type { Simulation } from "../../simulation.ts";
import type { Sprung } from "../../traps.ts";
import { MINUTE, type StepDefinition } from "../step.ts";

export const SECOND = 1_000;
/** A story starts Pods, lets them end, runs collect, waits, sweeps, kills and starts again: as many calls as so many other steps. */
const STORY_LENGTH = 25;
const MOST_PODS = 9;
/** A person who follows the runbook has done so by then. */
const RUNBOOK_MILLISECONDS = 11 * MINUTE;

/** What is told of one node. */
export interface Scene {
  readonly simulation: Simulation;
  readonly node: SimNode;
  readonly dice: Dice;
}

/** Whoever sweeps the scene's node, as traps name processes. */
export const sweepOf = ({ node }: Pick<Scene, "node">): string => `sweep ${node.name}`;
/** The allocator of the scene's node. */
export const agentOf = ({ node }: Pick<Scene, "node">): string => `agent ${node.name}`;

export const livingOf = ({ nodes }: Simulation): readonly SimNode[] =>
  nodes.filter(({ power }) => power === "running");

/** A story in one step: the situation that one of the fences is for. Other faults rest while it is told. */
export function story(
  weight: number,
  tell: (scene: Scene) => Promise<void>,
  isFit: (node: SimNode) => boolean = () => true,
): StepDefinition {
  return {
    weight,
    length: STORY_LENGTH,
    run: async (simulation, dice) => {
      const node = dice.pick(livingOf(simulation).filter(isFit));
      if (node !== undefined) await calmly(simulation, () => tell({ simulation, node, dice }));
    },
  };
}

/** So that what is laid for one process is what happens to it, other faults rest meanwhile, and no freeze is in the way. */
export async function calmly(simulation: Simulation, work: () => Promise<void>): Promise<void> {
  const { rates, badClocks, tenants, person, clock } = simulation;
  const { greed } = tenants;
  simulation.rates = { functions: NO_FAULTS, agents: NO_FAULTS };
  simulation.badClocks = 0;
  tenants.greed = 0;
  person.lets(simulation.nodes, simulation.spawn);
  if (person.isFrozen) await clock.pass(RUNBOOK_MILLISECONDS);
  await work();
  simulation.traps.clear();
  simulation.rates = rates;
  simulation.badClocks = badClocks;
  tenants.greed = greed;
}

/** Plain Pods that run on the node. */
export function podsOn({ simulation, node }: Scene): readonly SimPod[] {
  return simulation.pods.running.filter((pod) => pod.node === node && !pod.name.startsWith("db-"));
}

/** So many Pods more, as far as the node has room. */
export function starts({ simulation: { pods }, node }: Scene, count: number): void {
  const there = [...pods.all.values()].filter((pod) => pod.node === node).length;
  for (let nth = 0; nth < Math.min(count, MOST_PODS - there); nth++) pods.start(node);
}

/** The daily run, and so much time that it is over. */
export async function marks({ simulation, dice }: Scene): Promise<void> {
  simulation.spawn(simulation.functions.collect({ kind: "leaks" }, dice.seed()));
  await simulation.clock.pass(5 * SECOND);
}

/** Marks have become old enough. */
export function ripens({ simulation: { clock, settings }, dice }: Scene): Promise<void> {
  return clock.pass(settings.markAgeSeconds * SECOND + dice.length(SECOND, 20 * SECOND));
}

/** A message for the node, and whoever takes it. */
export async function sweeps({ simulation, node, dice }: Scene, milliseconds = 15 * SECOND): Promise<void> {
  const { world, functions, clock } = simulation;
  const message = { node: node.name, run: `run-${dice.hex(8)}`, attempt: 0, delaySeconds: 0 };
  world.queue.send(writeSweepMessage(message), 0);
  simulation.spawn(functions.drain(6, dice.seed()));
  await clock.pass(milliseconds);
}

/** Whoever asked for a lease in vain comes again, and takes over what stood still. */
export async function sweepsAgain({ simulation, dice }: Scene, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await simulation.clock.pass(MINUTE + dice.below(5 * SECOND));
    simulation.spawn(simulation.functions.drain(6, dice.seed()));
    await simulation.clock.pass(10 * SECOND);
  }
}

/** At one call of a process, or between two, this happens to it. */
export function at(
  { simulation: { traps } }: Scene,
  who: string,
  what: RegExp,
  happens: {
    readonly fate?: () => Sprung;
    readonly stands?: () => Promise<unknown>;
    readonly after?: number;
  },
): void {
  traps.lay({
    who,
    what,
    after: happens.after ?? 0,
    fate: happens.fate ?? (() => ({ fate: "through", name: "" })),
    stands: happens.stands ?? (() => Promise.resolve()),
  });
}

/** Each such call of that process takes so long. */
export function slows({ simulation }: Scene, who: string, milliseconds: number, what = /./): void {
  simulation.traps.lay({
    who,
    what,
    after: 0,
    isLasting: true,
    stands: () => simulation.sleep(milliseconds),
    fate: () => ({
      fate: { frozen: "after", until: simulation.sleep(milliseconds) },
      name: `slow by ${milliseconds} ms`,
    }),
  });
}
