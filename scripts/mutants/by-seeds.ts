import type { Copy } from "./copy.ts";
import { type Outcome, run } from "./run-in-copy.ts";

/** Which seeds of the simulation are run: from 1 to that number, but for those that fail without any mutation. */
export interface Seeds {
  readonly count: number;
  readonly leftOut: readonly FailedSeed[];
}

export interface FailedSeed {
  readonly seed: number;
  /** The promise that it broke: its name in src/sandbox/simulate/promises.ts. */
  readonly name: string;
}

/** Runs them until one fails. */
export async function bySimulation(copy: Copy, { count, leftOut }: Seeds): Promise<Outcome> {
  const without = leftOut.length === 0 ? [] : ["--leave-out", leftOut.map(({ seed }) => seed).join(",")];
  const failed = await simulate(copy, count, ["--stop-at-first", ...without]);
  if (!Array.isArray(failed)) return failed;
  const [first] = failed;
  return first === undefined
    ? { kind: "survived" }
    : { kind: "killed", by: `seed ${first.seed}: ${first.name}`, seed: first.seed, promise: first.name };
}

/** Those that fail as it is: they tell nothing about a mutation. */
export async function soundSeeds(copy: Copy, count: number): Promise<Seeds | string> {
  const failed = await simulate(copy, count, ["--no-traces"]);
  if (Array.isArray(failed)) return failed.length < count ? { count, leftOut: failed } : "every seed fails";
  return failed.kind === "unusable" ? failed.why : "the simulation doesn't end";
}

async function simulate(
  copy: Copy,
  count: number,
  how: readonly string[],
): Promise<FailedSeed[] | Exclude<Outcome, { readonly kind: "survived" }>> {
  const ended = await run(copy, [
    "src/sandbox/simulate/main.ts",
    "--seeds",
    String(count),
    ...how,
    "-o",
    "json",
  ]);
  if (ended === "too-long") return { kind: "killed", by: "the simulation doesn't end any more" };
  // Exit 1 of the simulation means that a seed failed.
  if (ended.code !== 0 && ended.code !== 1)
    return { kind: "unusable", why: `the simulation ends with ${ended.code}: ${ended.stderr.slice(-500)}` };
  return (JSON.parse(ended.stdout) as { readonly failures: FailedSeed[] }).failures;
}
