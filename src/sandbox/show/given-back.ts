import type { RunReport } from "../engine/report.ts";
import { causeInWords, orphanInWords } from "./causes.ts";
import type { Layout } from "./layout.ts";
import { ROWS, section } from "./section.ts";
import { span } from "./span.ts";
import { number } from "./words.ts";

/** What was released, with its cause and age; what else was deleted. */
export function givenBack(report: RunReport, layout: Layout): readonly string[] {
  const { released, orphansDeleted, recordsDropped } = report;
  return [
    ...(released.length > ROWS ? byCause(report, layout) : []),
    ...section(layout, {
      title: `Released (${number(released.length)})`,
      rows: released,
      columns: [
        { title: "ADDRESS", of: ({ address }) => address },
        { title: "NODE", of: ({ node }) => node, elastic: true },
        { title: "AGE", of: ({ ageSeconds }) => span(ageSeconds) },
        { title: "CAUSE", of: ({ cause }) => cause },
        { title: "", of: ({ cause }) => causeInWords(cause), spare: true },
        { title: "INTERFACE", of: (row) => row.interface, spare: true },
      ],
    }),
    ...section(layout, {
      title: `Orphan interfaces deleted (${number(orphansDeleted.length)})`,
      rows: orphansDeleted,
      columns: [
        { title: "INTERFACE", of: (row) => row.interface },
        { title: "NODE", of: ({ node }) => node, elastic: true },
        { title: "DETACHED, AND", of: ({ reason }) => orphanInWords(reason) },
        { title: "CAUSE", of: ({ reason }) => reason, spare: true },
      ],
    }),
    ...section(layout, {
      title: `Records dropped of addresses that EC2 has nowhere (${number(recordsDropped.length)})`,
      rows: recordsDropped,
      columns: [
        { title: "ADDRESS", of: ({ address }) => address },
        { title: "NODE", of: ({ node }) => node, elastic: true },
        { title: "CAUSE", of: ({ cause }) => cause },
        { title: "", of: ({ cause }) => causeInWords(cause), spare: true },
      ],
    }),
  ];
}

function byCause({ released }: RunReport, layout: Layout): readonly string[] {
  const groups = Map.groupBy(released, ({ cause }) => cause);
  return section(layout, {
    title: "Released, by cause",
    rows: [...groups].sort(([, a], [, b]) => b.length - a.length),
    columns: [
      { title: "COUNT", of: ([, rows]) => rows.length },
      { title: "NODES", of: ([, rows]) => new Set(rows.map(({ node }) => node)).size },
      {
        title: "OLDEST",
        of: ([, rows]) => span(rows.reduce((most, row) => Math.max(most, row.ageSeconds), 0)),
      },
      { title: "CAUSE", of: ([cause]) => cause },
      { title: "", of: ([cause]) => causeInWords(cause), spare: true },
    ],
  });
}
