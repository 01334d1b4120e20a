/**
 * `npm run mutants`: takes out each fence of the product in turn, in a copy, and shows that a test notices.
 *
 *   npm run mutants                          all fences, killed by their named tests
 *   npm run mutants -- --only TEXT           those whose name has the text
 *   npm run mutants -- --simulate N          killed by the simulation alone, with N seeds each; without those that fail as it is
 *   npm run mutants -- --simulate N --markdown   the table of docs/simulation.md
 *   npm run mutants -- --lanes N             so many fences at once (one a core)
 *   npm run mutants -- --tests PATH          killed by other tests than the named ones
 *   npm run mutants -- --list
 *   npm run mutants -- --markdown            the table of docs/protocol.md
 *
 * Exit 0: all were killed. 1: one survived, or is no mutant any more. 2: wrong usage.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Seeds, soundSeeds } from "./by-seeds.ts";
import { Copy } from "./copy.ts";
import type { Fence } from "./fence.ts";
import { FENCES } from "./fences.ts";
import type { Outcome } from "./run-in-copy.ts";
import { type Simulated, simulatedTable } from "./simulated-table.ts";
import { fenceTable } from "./table.ts";
import { tryFence, tryNothing } from "./try-fence.ts";

const USAGE =
  "usage: npm run mutants -- [--list] [--markdown] [--only TEXT] [--simulate SEEDS] [--tests PATH] [--lanes N]";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      list: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      simulate: { type: "string" },
      tests: { type: "string" },
      lanes: { type: "string" },
    },
  });
  const fences = FENCES.filter(({ name }) => name.includes(values.only));
  if (fences.length === 0) return misused(`no fence has "${values.only}" in its name`);
  const seeds = numberOf(values.simulate);
  if (Number.isNaN(seeds)) return misused(`--simulate ${values.simulate}: not a number of seeds`);
  const lanes = numberOf(values.lanes) ?? availableParallelism();
  if (Number.isNaN(lanes)) return misused(`--lanes ${values.lanes}: not a number`);
  if (values.markdown && seeds === undefined) {
    console.log(fenceTable(fences));
    return 0;
  }
  if (values.list) {
    for (const { name, hazards, file } of fences) console.log(`${name}  (${hazards.join(" ")}; ${file})`);
    return 0;
  }
  const chosen = values.tests === undefined ? fences : fences.map((fence) => withTests(fence, values.tests));
  const sound = await soundBefore(chosen, seeds);
  if (typeof sound === "string") {
    console.error(`nothing can be told: without any mutation ${sound}`);
    return 1;
  }
  const outcomes = await tryAll(chosen, sound, lanes, values.markdown ? console.error : console.log);
  if (values.markdown && sound !== undefined) console.log(simulatedTable(outcomes, sound));
  return outcomes.every(({ outcome }) => outcome.kind === "killed") ? 0 : 1;
}

/** A whole number above 0; NaN where it is none. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : Number.NaN;
}

const withTests = (fence: Fence, tests = ""): Fence => ({ ...fence, tests: [tests] });

/** What there is to be tried without a mutation; a text where that fails. */
async function soundBefore(
  fences: readonly Fence[],
  count: number | undefined,
): Promise<Seeds | string | undefined> {
  const copy = new Copy();
  try {
    if (count === undefined) return await tryNothing(copy, fences);
    const sound = await soundSeeds(copy, count);
    if (typeof sound !== "string")
      for (const { seed, name } of sound.leftOut)
        console.error(`left out: seed ${seed}, which fails without any mutation (${name})`);
    return sound;
  } finally {
    copy.remove();
  }
}

async function tryAll(
  fences: readonly Fence[],
  seeds: Seeds | undefined,
  lanes: number,
  tell: (line: string) => void,
): Promise<readonly Simulated[]> {
  const waiting = [...fences];
  const outcomes = new Map<Fence, Outcome>();
  const lane = async (): Promise<void> => {
    const copy = new Copy();
    try {
      for (let fence = waiting.shift(); fence !== undefined; fence = waiting.shift()) {
        const outcome = await tryFence(copy, fence, seeds);
        outcomes.set(fence, outcome);
        tell(lineOf(fence, outcome));
      }
    } finally {
      copy.remove();
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, fences.length) }, lane));
  const all = [...outcomes].map(([fence, outcome]) => ({ fence, outcome }));
  const killed = all.filter(({ outcome }) => outcome.kind === "killed").length;
  tell(`${killed} of ${fences.length} killed`);
  return fences.flatMap((fence) => all.filter((one) => one.fence === fence));
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
