import type { RunReport } from "../engine/report.ts";
import type { Layout } from "./layout.ts";
import { section } from "./section.ts";
import { shortSpan } from "./span.ts";
import { counted, indented, number } from "./words.ts";

const NODES = 10;

/** How long each node was paused, the longest first, and how many never were. */
export function pauses(report: RunReport, layout: Layout): readonly string[] {
  const byNode = Map.groupBy(report.pauses, ({ node }) => node);
  const rows = [...byNode]
    .map(([node, list]) => ({
      node,
      times: list.length,
      total: list.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
      longest: list.reduce((most, { milliseconds }) => Math.max(most, milliseconds), 0),
    }))
    .sort((a, b) => b.total - a.total || (a.node < b.node ? -1 : 1));
  const quiet = nodesOf(report).filter((node) => !byNode.has(node));
  if (rows.length === 0) return ["", layout.paint.bold("No node was paused")];
  const never = `Never paused: ${counted(quiet.length, "node")}${quiet.length === 0 ? "" : ` (${someOf(quiet)})`}.`;
  return [
    ...section(layout, {
      title: `Paused (${counted(rows.length, "node")}): nothing starts or stops on a node while it is swept`,
      rows,
      most: NODES,
      columns: [
        { title: "NODE", of: ({ node }) => node, elastic: true },
        { title: "TIMES", of: ({ times }) => times },
        { title: "LONGEST", of: ({ longest }) => shortSpan(longest).padStart(7) },
        { title: "  TOTAL", of: ({ total }) => shortSpan(total).padStart(7) },
      ],
    }),
    ...indented(never, layout.width),
  ];
}

/** Nodes on which something was judged. */
function nodesOf({ kept, unknown, released }: RunReport): readonly string[] {
  const names = new Set([...kept, ...unknown, ...released].map(({ node }) => node));
  names.delete("");
  return [...names].sort();
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 5);
  const hidden = names.length - shown.length;
  return `${shown.join(", ")}${hidden === 0 ? "" : ` and ${number(hidden)} more`}`;
}
