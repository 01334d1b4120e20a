import { Dice } from "./dice.ts";
import type { Step } from "./plan.ts";
import type { Broken } from "./promises.ts";
import { settle } from "./settle.ts";
import { Simulation } from "./simulation.ts";
import { STEPS } from "./steps/index.ts";

/** Faults throughout; or faults that end, and everything must come right then. */
export const MODES = ["safety", "liveness"] as const;
export type Mode = (typeof MODES)[number];

export interface SeedOptions {
  readonly seed: number;
  readonly mode: Mode;
  readonly nodes: number;
  /** Changes the cluster before anything happens in it: so tests plant their bugs. */
  readonly prepare?: (simulation: Simulation) => void;
}

export interface SeedResult {
  readonly broken: Broken | undefined;
  /** How many steps were taken until then. */
  readonly taken: number;
  readonly log: readonly string[];
  readonly hash: () => string;
}

/** A seed's cluster, through all these steps. Throws where the simulation itself is at fault. */
export async function runSeed(options: SeedOptions, steps: readonly Step[]): Promise<SeedResult> {
  // From here on all of it runs in promise jobs. Begun in an event's handler, the first tick of {@link ManualClock} would come before
  // the jobs that it waits for (Node.js, "The Node.js Event Loop"), and the first seed of a thread would differ from itself.
  await Promise.resolve();
  const simulation = new Simulation(options);
  const { oracle, log, clock } = simulation;
  options.prepare?.(simulation);
  await simulation.start();
  let taken = 0;
  for (const { kind, seed, nth } of steps) {
    if (oracle.broken !== undefined) break;
    taken++;
    const dice = new Dice(seed);
    log.add("step", `${nth} ${kind}`);
    await STEPS[kind].run(simulation, dice);
    await clock.pass(dice.length(1, 20_000));
  }
  if (options.mode === "liveness" && oracle.broken === undefined) {
    const wrong = await settle(simulation);
    if (wrong.length > 0) oracle.fail("liveness", wrong.slice(0, 5).join("; "));
  }
  const { broken } = oracle;
  if (broken !== undefined) log.add("oracle", `${broken.promise}: ${broken.what}`);
  clock.stop();
  if (simulation.trouble !== undefined)
    throw new Error(`seed ${options.seed}: the simulation itself failed`, { cause: simulation.trouble });
  return {
    broken,
    taken,
    get log() {
      return log.lines;
    },
    hash: () => log.hash(),
  };
}
