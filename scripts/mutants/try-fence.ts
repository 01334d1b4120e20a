import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Copy } from "./copy.ts";
import type { Fence } from "./fence.ts";

export type Outcome =
  | { readonly kind: "killed"; readonly by: string }
  | { readonly kind: "survived" }
  /** The mutation can't be made, or what runs it breaks down: that kills nothing. */
  | { readonly kind: "unusable"; readonly why: string };

/** For what one fence's tests, or its seeds, may take. */
const LIMIT_MILLISECONDS = 10 * 60_000;
/** For the tests of all fences together. */
const LIMIT_OF_ALL_MILLISECONDS = 40 * 60_000;

/** Takes one fence out and lets its tests, or so many seeds of the simulation, notice. */
export async function tryFence(copy: Copy, fence: Fence, seeds: number | undefined): Promise<Outcome> {
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

/** The same without a mutation: undefined where all is well. */
export async function tryNothing(
  copy: Copy,
  fences: readonly Fence[],
  seeds: number | undefined,
): Promise<string | undefined> {
  const tests = [...new Set(fences.flatMap((fence) => fence.tests))];
  const outcome = await (seeds === undefined
    ? byTests(copy, tests, [], LIMIT_OF_ALL_MILLISECONDS)
    : bySimulation(copy, seeds));
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
  limitMilliseconds = LIMIT_MILLISECONDS,
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

/** Exit 1 of the simulation means that a seed failed. */
async function bySimulation(copy: Copy, seeds: number): Promise<Outcome> {
  const ended = await run(copy, [
    "src/sandbox/simulate/main.ts",
    "--seeds",
    String(seeds),
    "--stop-at-first",
    "-o",
    "json",
  ]);
  if (ended === "too-long") return { kind: "killed", by: "the simulation doesn't end any more" };
  if (ended.code === 0) return { kind: "survived" };
  if (ended.code !== 1)
    return { kind: "unusable", why: `the simulation ends with ${ended.code}: ${ended.stderr.slice(-500)}` };
  return { kind: "killed", by: firstFailure(ended.stdout) };
}

function firstFailure(json: string): string {
  const { failures } = JSON.parse(json) as {
    readonly failures: readonly { readonly seed: number; readonly promise: string }[];
  };
  const [first] = failures;
  return first === undefined ? "a seed fails" : `seed ${first.seed}: ${first.promise}`;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  copy: Copy,
  parameters: readonly string[],
  limitMilliseconds = LIMIT_MILLISECONDS,
): Promise<Ended | "too-long"> {
  const child = spawn(process.execPath, parameters, { cwd: copy.root, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  let isTooLong = false;
  child.stdout.on("data", (part: Buffer) => {
    stdout += part;
  });
  child.stderr.on("data", (part: Buffer) => {
    stderr += part;
  });
  const timer = setTimeout(() => {
    isTooLong = true;
    child.kill("SIGKILL");
  }, limitMilliseconds);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(isTooLong ? "too-long" : { code, stdout, stderr });
    });
  });
}
