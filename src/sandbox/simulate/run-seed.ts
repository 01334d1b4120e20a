import { Dice } from "./dice.ts";
import type { Broken } from "./oracle.ts";
import { planOf, type Step } from "./plan.ts";
import { settle } from "./settle.ts";
import { Simulation } from "./simulation.ts";
import { STEPS } from "./steps/index.ts";

export type Mode = "safety" | "liveness";

export interface SeedOptions {
  readonly seed: number;
  readonly mode: Mode;
  readonly steps: number;
  readonly nodes: number;
}

export interface SeedResult {
  readonly broken: Broken | undefined;
  readonly log: readonly string[];
  readonly hash: () => string;
}

/** One seed, from its plan or from some of its steps. */
export async function runSeed(
  options: SeedOptions,
  plan: readonly Step[] = planOf(options.seed, options.steps),
): Promise<SeedResult> {
  const simulation = new Simulation(options);
  const { oracle, log } = simulation;
  await simulation.start();
  for (const [nth, { kind, seed }] of plan.entries()) {
    if (oracle.broken !== undefined) break;
    const dice = new Dice(seed);
    log.add("step", `${nth} ${kind}`);
    await STEPS[kind].run(simulation, dice);
    await simulation.clock.pass(dice.length(1, 20_000));
  }
  if (options.mode === "liveness" && oracle.broken === undefined) {
    const wrong = await settle(simulation);
    if (wrong.length > 0) oracle.fail("liveness", wrong.slice(0, 5).join("; "));
  }
  if (oracle.broken !== undefined) log.add("oracle", `${oracle.broken.promise}: ${oracle.broken.what}`);
  simulation.clock.stop();
  if (simulation.trouble !== undefined) throw simulation.trouble;
  return { broken: oracle.broken, log: log.lines, hash: () => log.hash() };
}
