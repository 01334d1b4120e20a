import type { RunReport } from "../engine/report.ts";
import type { Layout } from "./layout.ts";
import { section } from "./section.ts";
import { number } from "./words.ts";

/** What a person must look at; the same alarm several times is told once. */
export function alarms(report: RunReport, layout: Layout): readonly string[] {
  const same = Map.groupBy(report.alarms, ({ kind, message, node }) => JSON.stringify([kind, message, node]));
  const rows = [...same.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [{ ...first, times: more.length + 1 }],
  );
  return section(layout, {
    title: `Alarms (${number(report.alarms.length)})`,
    rows,
    most: 8,
    columns: [
      { title: "TIMES", of: ({ times }) => times },
      { title: "KIND", of: ({ kind }) => kind },
      { title: "NODE", of: ({ node }) => node, elastic: true },
    ],
    sentence: { title: "", of: ({ message }) => message },
  });
}
