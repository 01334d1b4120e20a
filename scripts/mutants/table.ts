import type { Fence } from "./fence.ts";

/** The fences as the table of docs/protocol.md. */
export function fenceTable(fences: readonly Fence[]): string {
  const rows = fences.map(({ name, stops, hazards }) => [name, stops, hazards.join(" ")]);
  const all = [["fence", "without it", "hazards"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head = [], ...body] = all;
  return [line(head), rule, ...body.map(line)].join("\n");
}
