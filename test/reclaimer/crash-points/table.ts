import { ENDS, FREEZES, isPossible, type Kind, pointsOf, type Run, tryAll } from "../every-point.ts";
import { awaitsInSource, nameOf, standingAt } from "./awaits.ts";
import { schedules } from "./schedules.ts";

const KINDS: readonly Kind[] = [...ENDS, ...FREEZES];
const COLUMNS: readonly (readonly [title: string, matches: RegExp])[] = [
  ["lost", /^lost/],
  ["killed", /^killed/],
  ["frozen 12 min", /^frozen.* 12 min$/],
  ["frozen 20 min", /^frozen.* 20 min$/],
  ["frozen 2 h", /^frozen.* 120 min$/],
  ["frozen, cut", /cut$/],
];

/** Tries all that can happen at each point of the runs, and prints a line for each. Whether all is well. */
export async function printTable(
  runs: readonly Run[],
  print: (line: string) => void,
): Promise<{ readonly points: number; readonly tried: number; readonly failed: number }> {
  const width = Math.max(...runs.map(({ name }) => name.length));
  const row = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, index) => (index === 0 ? String(cell).padEnd(width) : String(cell).padStart(13)))
      .join("  ");
  print(row(["run", "calls", "waits", ...COLUMNS.map(([title]) => title), "failed"]));
  const sum = { points: 0, tried: 0, failed: 0 };
  for (const run of runs) {
    const points = await pointsOf(run);
    const { tried, failed } = await tryAll(run, KINDS, schedules, (all, index, kind) =>
      isPossible(all[index] as (typeof all)[number], kind),
    );
    const calls = points.filter(({ is }) => is === "call").length;
    const counts = COLUMNS.map(([, matches]) =>
      [...tried].reduce((count, [kind, times]) => count + (matches.test(kind) ? times : 0), 0),
    );
    print(row([run.name, calls, points.length - calls, ...counts, failed.length]));
    for (const { point, why } of failed) print(`  FAILED ${point}: ${why.join("; ")}`);
    sum.points += points.length;
    sum.tried += counts.reduce((all, count) => all + count, 0);
    sum.failed += failed.length;
  }
  print(`${sum.points} points, ${sum.tried} tried, ${sum.failed} failed`);
  return sum;
}

/** The awaits of src/reclaimer at which no run ever stands: nothing is known of what a crash leaves there. */
export async function awaitsWithoutPoint(
  runs: readonly Run[],
): Promise<{ readonly all: number; readonly missing: readonly string[] }> {
  const all = awaitsInSource();
  const seen = new Set<string>();
  for (const run of runs) {
    await pointsOf(run, () => {
      for (const one of standingAt(all)) seen.add(nameOf(one));
    });
  }
  const missing = all.flatMap((one) => (seen.has(nameOf(one)) ? [] : [`${nameOf(one)} ${one.text}`]));
  return { all: all.length, missing };
}
