import { planOf, type Step } from "./plan.ts";
import type { PromiseName } from "./promises.ts";
import { type Mode, runSeed, type SeedOptions, type SeedResult } from "./run-seed.ts";
import { shrink } from "./shrink.ts";

/** How every seed of a run is made. */
export interface Making {
  readonly steps: number;
  readonly mode: Mode | "both";
  readonly nodes: number | undefined;
  readonly only: readonly number[] | undefined;
}

export interface Failure {
  readonly seed: number;
  readonly mode: Mode;
  readonly nodes: number;
  /** `error`: the simulation itself failed. */
  readonly promise: PromiseName | "error";
  readonly what: string;
  /** Set where the shortest trace was looked for. */
  readonly trace?: readonly Step[];
  readonly log?: readonly string[];
}

const MOST_RUNS = 150;
const FEWEST_NODES = 3;

export function optionsOf(seed: number, { mode, nodes }: Making): SeedOptions {
  const ofSeed = seed % 2 === 0 ? "safety" : "liveness";
  return {
    seed,
    mode: mode === "both" ? ofSeed : mode,
    nodes: nodes ?? FEWEST_NODES + (Math.floor(seed / 2) % 3),
  };
}

export function stepsOf(seed: number, { steps, only }: Making): readonly Step[] {
  const plan = planOf(seed, steps);
  return only === undefined ? plan : plan.filter(({ nth }) => only.includes(nth));
}

/** Runs one seed; undefined where every promise held. */
export async function trySeed(
  seed: number,
  making: Making,
  prepare?: SeedOptions["prepare"],
): Promise<Failure | undefined> {
  const options = prepared(optionsOf(seed, making), prepare);
  const result = await attempt(options, stepsOf(seed, making));
  return result.failure;
}

/** The failure with its shortest trace and that trace's log. */
export async function shrinkSeed(
  failure: Failure,
  making: Making,
  prepare?: SeedOptions["prepare"],
): Promise<Failure> {
  const options = prepared(optionsOf(failure.seed, making), prepare);
  const fails = async (steps: readonly Step[]): Promise<boolean> =>
    (await attempt(options, steps)).failure?.promise === failure.promise;
  const all = stepsOf(failure.seed, making);
  const taken = (await attempt(options, all)).result?.taken ?? all.length;
  const trace = await shrink(all.slice(0, taken), fails, MOST_RUNS);
  const { failure: last, result } = await attempt(options, trace);
  return { ...failure, what: last?.what ?? failure.what, trace, log: result?.log ?? [] };
}

const prepared = (options: SeedOptions, prepare: SeedOptions["prepare"]): SeedOptions =>
  prepare === undefined ? options : { ...options, prepare };

interface Attempt {
  readonly failure: Failure | undefined;
  readonly result: SeedResult | undefined;
}

async function attempt(options: SeedOptions, steps: readonly Step[]): Promise<Attempt> {
  const { seed, mode, nodes } = options;
  try {
    const result = await runSeed(options, steps);
    const { broken } = result;
    return { failure: broken === undefined ? undefined : { seed, mode, nodes, ...broken }, result };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const what = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return { failure: { seed, mode, nodes, promise: "error", what }, result: undefined };
  }
}
