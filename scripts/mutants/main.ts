/**
 * `npm run mutants`: takes out each fence of the product in turn, in a copy, and shows that a test notices.
 *
 *   npm run mutants                          all fences, killed by their named tests
 *   npm run mutants -- --only TEXT           those whose name has the text
 *   npm run mutants -- --simulate N          killed by the simulation alone, with N seeds each
 *   npm run mutants -- --tests PATH          killed by other tests than the named ones
 *   npm run mutants -- --list
 *   npm run mutants -- --markdown            the table of docs/protocol.md
 *
 * Exit 0: all were killed. 1: one survived, or is no mutant any more. 2: wrong usage.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Copy } from "./copy.ts";
import type { Fence } from "./fence.ts";
import { FENCES } from "./fences.ts";
import { fenceTable } from "./table.ts";
import { type Outcome, tryFence, tryNothing } from "./try-fence.ts";

const USAGE =
  "usage: npm run mutants -- [--list] [--markdown] [--only TEXT] [--simulate SEEDS] [--tests PATH]";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      list: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      simulate: { type: "string" },
      tests: { type: "string" },
    },
  });
  const fences = FENCES.filter(({ name }) => name.includes(values.only));
  if (fences.length === 0) return misused(`no fence has "${values.only}" in its name`);
  const seeds = values.simulate === undefined ? undefined : Number(values.simulate);
  if (seeds !== undefined && !(Number.isInteger(seeds) && seeds > 0))
    return misused(`--simulate ${values.simulate}: not a number of seeds`);
  if (values.markdown) {
    console.log(fenceTable(fences));
    return 0;
  }
  if (values.list) {
    for (const { name, hazards, file } of fences) console.log(`${name}  (${hazards.join(" ")}; ${file})`);
    return 0;
  }
  const chosen = values.tests === undefined ? fences : fences.map((fence) => withTests(fence, values.tests));
  return run(chosen, seeds);
}

const withTests = (fence: Fence, tests = ""): Fence => ({ ...fence, tests: [tests] });

async function run(fences: readonly Fence[], seeds: number | undefined): Promise<number> {
  const waiting = [...fences];
  let killed = 0;
  const lane = async (): Promise<void> => {
    const copy = new Copy();
    try {
      for (let fence = waiting.shift(); fence !== undefined; fence = waiting.shift()) {
        const outcome = await tryFence(copy, fence, seeds);
        if (outcome.kind === "killed") killed++;
        console.log(lineOf(fence, outcome));
      }
    } finally {
      copy.remove();
    }
  };
  const control = new Copy();
  try {
    const sound = await tryNothing(control, fences, seeds);
    if (sound !== undefined) {
      console.error(`nothing can be told: without any mutation ${sound}`);
      return 1;
    }
  } finally {
    control.remove();
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), fences.length) }, lane));
  console.log(`${killed} of ${fences.length} killed`);
  return killed === fences.length ? 0 : 1;
}

function lineOf({ name, hazards }: Fence, outcome: Outcome): string {
  const what = `${name} (${hazards.join(" ")})`;
  switch (outcome.kind) {
    case "killed":
      return `killed    ${what}: ${outcome.by}`;
    case "survived":
      return `SURVIVED  ${what}`;
    case "unusable":
      return `UNUSABLE  ${what}: ${outcome.why}`;
  }
}

function misused(why: string): number {
  console.error(`${why}\n${USAGE}`);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = misused(error instanceof Error ? error.message : String(error));
}
