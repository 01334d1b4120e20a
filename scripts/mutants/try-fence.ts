import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bySimulation, type Seeds } from "./by-seeds.ts";
import type { Copy } from "./copy.ts";
import type { Fence } from "./fence.ts";
import { type Outcome, run } from "./run-in-copy.ts";

/** For the tests of all fences together. */
const LIMIT_OF_ALL_MILLISECONDS = 40 * 60_000;

/** Takes one fence out and lets its tests, or so many seeds of the simulation, notice. */
export async function tryFence(copy: Copy, fence: Fence, seeds: Seeds | undefined): Promise<Outcome> {
  let undo: () => void;
  try {
    undo = copy.edit(fence.file, fence.find, fence.replace);
  } catch (error) {
    return { kind: "unusable", why: String(error) };
  }
  try {
    return await (seeds === undefined ? byTests(copy, fence.tests) : bySimulation(copy, seeds));
  } finally {
    undo();
  }
}

/** The tests of all of them without a mutation: undefined where all is well. */
export async function tryNothing(copy: Copy, fences: readonly Fence[]): Promise<string | undefined> {
  const tests = [...new Set(fences.flatMap((fence) => fence.tests))];
  const outcome = await byTests(copy, tests, [], LIMIT_OF_ALL_MILLISECONDS);
  switch (outcome.kind) {
    case "survived":
      return undefined;
    case "killed":
      return `this fails: ${outcome.by}`;
    case "unusable":
      return outcome.why;
  }
}

interface JestResult {
  readonly numTotalTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

async function byTests(
  copy: Copy,
  tests: readonly string[],
  workers: readonly string[] = ["--runInBand"],
  limitMilliseconds?: number,
): Promise<Outcome> {
  const output = join(copy.root, "mutants.json");
  rmSync(output, { force: true });
  const jest = ["--experimental-vm-modules", "node_modules/jest/bin/jest.js"];
  const how = ["--ci", ...workers, "--silent", "--json", `--outputFile=${output}`, "--rootDir=."];
  const ended = await run(copy, [...jest, ...how, ...tests], limitMilliseconds);
  if (ended === "too-long") return { kind: "killed", by: "the tests don't end any more" };
  if (!existsSync(output))
    return { kind: "unusable", why: `jest wrote no result: ${ended.stderr.slice(-500)}` };
  const result = JSON.parse(readFileSync(output, "utf8")) as JestResult;
  const failed = result.testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ status, fullName }) => (status === "failed" ? [fullName] : [])),
  );
  const [first] = failed;
  if (first !== undefined)
    return { kind: "killed", by: failed.length === 1 ? first : `${first} (+${failed.length - 1})` };
  const broken = result.testResults.find(({ assertionResults }) => assertionResults.length === 0);
  if (broken !== undefined)
    return { kind: "unusable", why: `${broken.name} does not run: ${broken.message.slice(0, 500)}` };
  return result.numTotalTests === 0 ? { kind: "unusable", why: "it names no test" } : { kind: "survived" };
}
