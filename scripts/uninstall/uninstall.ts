import type { Kubectl } from "./kubectl.ts";
import { type Obstacle, obstaclesTo } from "./obstacles.ts";
import { StandingLeases } from "./standing-leases.ts";
import { readState, type State } from "./state.ts";
import { freeze, REMOVAL } from "./steps.ts";
import { inTheWay, summaryOf } from "./words.ts";

export const EXIT = { done: 0, usage: 2, refused: 3, failed: 4 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

export interface Wish {
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly despitePods: boolean;
}

export interface World {
  readonly kubectl: Kubectl;
  /** Of a clock that only goes forward, milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  out(line: string): void;
  err(line: string): void;
}

const BETWEEN_LOOKS_MILLISECONDS = 5_000;

/**
 * Freezes, waits until nothing is under way, and deletes. Pods don't go by themselves: while one has an address nothing is
 * touched, not even the freeze.
 */
export async function uninstall(wish: Wish, world: World): Promise<Exit> {
  const { kubectl, out } = world;
  const standing = new StandingLeases();
  const first = await look(world, standing, wish);
  out(summaryOf(first.state));
  if (wish.dryRun) {
    for (const { what } of [freeze, ...REMOVAL]) out(`would ${what}`);
    return first.obstacles.length === 0 ? EXIT.done : refused(world, first.obstacles, "it would be refused");
  }
  const pods = first.obstacles.filter(({ kind }) => kind === "pod");
  if (pods.length > 0) return refused(world, pods, "nothing was changed");
  if (first.state.hasNamespace) {
    out(freeze.what);
    await freeze.run(kubectl);
  }
  for (;;) {
    const { obstacles } = await look(world, standing, wish);
    if (obstacles.length === 0) break;
    if (!wish.wait || obstacles.some(({ kind }) => kind === "pod"))
      return refused(world, obstacles, "everything is frozen now, and nothing was deleted");
    out(inTheWay(obstacles, "waiting"));
    await world.sleep(BETWEEN_LOOKS_MILLISECONDS);
  }
  for (const { what, run } of REMOVAL) {
    out(what);
    for (const line of await run(kubectl)) out(`  ${line}`);
  }
  out("gone from the cluster: what is left at AWS is told in docs/install.md");
  return EXIT.done;
}

interface Look {
  readonly state: State;
  readonly obstacles: readonly Obstacle[];
}

async function look(world: World, standing: StandingLeases, { despitePods }: Wish): Promise<Look> {
  const state = await readState(world.kubectl);
  const at = world.now();
  standing.look(state.leases, at);
  const obstacles = obstaclesTo(state, (nodeName) => standing.isAbandoned(nodeName, at));
  return { state, obstacles: obstacles.filter(({ kind }) => !(despitePods && kind === "pod")) };
}

function refused({ err }: World, obstacles: readonly Obstacle[], and: string): Exit {
  err(inTheWay(obstacles, `refused, ${and}`));
  return EXIT.refused;
}
