import type { RunReport } from "../engine/report.ts";
import type { Layout } from "./layout.ts";
import { section } from "./section.ts";
import { indented, number } from "./words.ts";

const FAILURES = 10;

/** What must never be there. It stands first and is red. */
export function wrong(report: RunReport, layout: Layout): readonly string[] {
  const { wronglyReleased, stillLeaked, failures } = report;
  const lines = [
    ...section(layout, {
      title: `Wrongly released (${number(wronglyReleased.length)}): somebody needs them`,
      rows: wronglyReleased,
      columns: [
        { title: "ADDRESS", of: ({ address }) => address },
        { title: "INTERFACE", of: (row) => row.interface },
        { title: "NEEDED AS", of: ({ need }) => need },
      ],
    }),
    ...section(layout, {
      title: `Still leaked (${number(stillLeaked.length)}): nobody needs them`,
      rows: stillLeaked,
      columns: [
        { title: "ADDRESS", of: ({ address }) => address },
        { title: "INTERFACE", of: (row) => row.interface },
        { title: "WHAT", of: ({ what }) => what },
      ],
    }),
    ...(failures.length === 0 ? [] : ["", layout.paint.bold(`Failures (${number(failures.length)})`)]),
    ...failures.slice(0, FAILURES).flatMap((failure) => indented(failure, layout.width)),
    ...(failures.length > FAILURES
      ? [`  … and ${number(failures.length - FAILURES)} more (-o json shows all)`]
      : []),
  ];
  return lines.map((line) => (line === "" ? line : layout.paint.red(line)));
}
