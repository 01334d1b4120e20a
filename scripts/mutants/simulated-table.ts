import type { Seeds } from "./by-seeds.ts";
import type { Fence } from "./fence.ts";
import type { Outcome } from "./run-in-copy.ts";
import { WHY_IT_SURVIVES } from "./why-it-survives.ts";

/** A fence, and what the simulation made of its being taken out. */
export interface Simulated {
  readonly fence: Fence;
  readonly outcome: Outcome;
}

/** The table of docs/simulation.md: which seed is the first that notices, and by which promise. */
export function simulatedTable(all: readonly Simulated[], { count, leftOut }: Seeds): string {
  const killed = all.filter(({ outcome }) => outcome.kind === "killed").length;
  const without = leftOut.map(({ seed, name }) => `${seed} (${name})`).join(", ");
  const head = [
    `${killed} of ${all.length} fences, seeds 1 to ${count}${without === "" ? "" : ` without ${without}, which fail as it is`}:`,
    "",
  ];
  return [
    ...head,
    ...table(
      ["fence", "seed", "noticed by; or why not"],
      all.map(({ fence, outcome }) => rowOf(fence, outcome)),
    ),
  ].join("\n");
}

function rowOf({ name }: Fence, outcome: Outcome): readonly string[] {
  switch (outcome.kind) {
    case "killed":
      return [name, String(outcome.seed ?? ""), outcome.promise ?? outcome.by];
    case "survived":
      return [name, "none", WHY_IT_SURVIVES[name] ?? "open"];
    case "unusable":
      return [name, "?", outcome.why];
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)];
}
