/**
 * `npm run model`: checks the Promela model of the protocol with Spin, and shows for each rule taken away who is hurt.
 *
 *   npm run model                   everything
 *   npm run model -- --quick        smaller configurations, for continuous integration
 *   npm run model -- --only TEXT    the checks whose name has the text
 *
 * Exit 0: all proofs hold, and every rule taken away has its counter-example. 1: one doesn't. 2: wrong usage, or no Spin.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Check, checks } from "./checks.ts";
import { endAll, isThere, type Ran, runCheck } from "./spin.ts";
import { HEADINGS, line, row, verdictOf } from "./verdict.ts";

const USAGE = "usage: npm run model -- [--quick] [--only TEXT]";
const MODEL = new URL("../../model/protocol.pml", import.meta.url).pathname;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { quick: { type: "boolean", default: false }, only: { type: "string", default: "" } },
  });
  const chosen = checks(values.quick).filter(({ name, macros }) => `${name} ${macros}`.includes(values.only));
  if (chosen.length === 0) return misused(`no check has "${values.only}" in its name`);
  if (!(await isThere("spin", "-V")) || !(await isThere("gcc", "--version")))
    return misused("the model needs spin and gcc: on Debian, apt-get install spin gcc");

  const scratch = mkdtempSync(join(tmpdir(), "model-"));
  process.on("exit", () => {
    endAll();
    rmSync(scratch, { recursive: true, force: true });
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
  return report(inTurn(chosen, scratch));
}

/** As many at a time as there are cores, two at most: each wants memory. */
function inTurn(chosen: readonly Check[], scratch: string): readonly Promise<Ran>[] {
  const lanes: Promise<unknown>[] = Array.from(
    { length: Math.min(2, availableParallelism()) },
    async () => {},
  );
  return chosen.map((check, index) => {
    const lane = index % lanes.length;
    const ran = (lanes[lane] ?? Promise.resolve()).then(() => runCheck(check, MODEL, scratch));
    lanes[lane] = ran;
    return ran;
  });
}

async function report(runs: readonly Promise<Ran>[]): Promise<number> {
  console.log(line(HEADINGS));
  const told: Ran[] = [];
  let bad = 0;
  for (const run of runs) {
    const ran = await run;
    const verdict = verdictOf(ran.check, ran.verified, ran.events);
    if (!verdict.isGood) bad++;
    console.log(line(row(ran.check, ran.verified, verdict)));
    if (ran.events.length > 0) told.push(ran);
    else if (!verdict.isGood) console.log(ran.text.slice(-4000));
  }
  for (const { check, events } of told) {
    console.log(`\n${check.kind}: ${check.name} (-D${check.macros.join(" -D")})`);
    for (const { text, times } of events) console.log(`  ${text}${times > 1 ? ` (${times} times)` : ""}`);
  }
  console.log(`\n${runs.length - bad} of ${runs.length} as they must be`);
  return bad === 0 ? 0 : 1;
}

function misused(why: string): number {
  console.error(`${why}\n${USAGE}`);
  return 2;
}

process.exitCode = await main();
