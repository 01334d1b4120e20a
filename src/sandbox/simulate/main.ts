import { type Asked, askedBy, HELP } from "./asked.ts";
import { runSeeds } from "./many-seeds.ts";
import { promiseOf, reportJson, reportText } from "./report.ts";

/** Between two lines of progress. */
const PROGRESS_MILLISECONDS = 10_000;

async function main(asked: Asked): Promise<number> {
  const startedAt = performance.now();
  const aMinute = (done: number): number => Math.round((done * 60_000) / (performance.now() - startedAt));
  let toldAt = startedAt;
  let tried = 0;
  const failures = await runSeeds(asked, ({ done, failed, found }) => {
    tried = done;
    for (const failure of found) process.stderr.write(`seed ${failure.seed} failed: ${promiseOf(failure)}\n`);
    const isDue = performance.now() - toldAt >= PROGRESS_MILLISECONDS;
    if (!isDue && done < asked.seeds) return;
    toldAt = performance.now();
    process.stderr.write(`${done} of ${asked.seeds} seeds, ${aMinute(done)} a minute, ${failed} failed\n`);
  });
  const rate = aMinute(tried);
  if (asked.output === "json")
    process.stdout.write(`${JSON.stringify(reportJson(failures, asked, rate), undefined, 2)}\n`);
  else if (failures.length > 0) process.stdout.write(`${reportText(failures, asked)}\n`);
  if (asked.output === "text")
    process.stdout.write(`${tried} seeds of ${asked.steps} steps: ${failures.length} failed\n`);
  return failures.length > 0 ? 1 : 0;
}

try {
  const asked = askedBy(process.argv.slice(2));
  if (asked === undefined) process.stdout.write(HELP);
  else process.exitCode = await main(asked);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
