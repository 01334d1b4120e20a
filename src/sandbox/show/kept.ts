import { HELD_BACK, KEEP_REASONS, UNKNOWN_REASONS } from "../../domain/verdict.ts";
import type { RunReport } from "../engine/report.ts";
import type { Layout } from "./layout.ts";
import { groupedByReason, type ReasonGroup } from "./reasons.ts";
import { type Section, section } from "./section.ts";
import { number } from "./words.ts";

/** Reasons that say "it is in order": told last, and by their number. */
const PLAIN: ReadonlySet<string> = new Set(["claimed", "in-use", "pool", "foreign-node"]);

/** What was kept, with the reason: first what looks leaked and is not. */
export function kept(report: RunReport, layout: Layout): readonly string[] {
  const groups = groupedByReason(report.kept, (reason) => PLAIN.has(reason));
  const isPlain = ({ reason }: ReasonGroup) => PLAIN.has(reason);
  return section(layout, {
    ...reasonTable(KEEP_REASONS),
    title: `Kept (${number(report.kept.length)}): first what may look leaked, then what is plainly in order`,
    rows: [...groups.filter((group) => !isPlain(group)), ...groups.filter(isPlain)],
    isDim: isPlain,
  });
}

/** What nobody could judge: kept, and told. */
export function unknown(report: RunReport, layout: Layout): readonly string[] {
  return section(layout, {
    ...reasonTable(UNKNOWN_REASONS),
    title: `Unknown, so kept (${number(report.unknown.length)})`,
    rows: groupedByReason(report.unknown, () => false),
  });
}

/** Leaks that are rightly left alone for now. */
export function heldBack(report: RunReport, layout: Layout): readonly string[] {
  const rows = report.heldBack.map((row) => ({ ...row, node: row.interface }));
  return section(layout, {
    ...reasonTable({
      ...HELD_BACK,
      foreign: "its node is another CNI's, which honours no lease",
      untagged: "its interface lacks our tag: the agent sets it, and people are told",
    }),
    title: `Leaked, and held back (${number(report.heldBack.length)})`,
    columns: [COUNT, EXAMPLE],
    rows: groupedByReason(rows, () => true),
  });
}

const COUNT = { title: "COUNT", of: ({ addresses }: ReasonGroup) => addresses.length };
const EXAMPLE = { title: "E.G.", of: ({ addresses: [first] }: ReasonGroup) => first };

function reasonTable(words: Readonly<Record<string, string>>) {
  return {
    columns: [
      COUNT,
      EXAMPLE,
      { title: "NODE", of: ({ where }) => where, elastic: true },
      { title: "REASON", of: ({ reason }) => reason },
    ],
    sentence: { title: "", of: ({ reason }) => words[reason] ?? reason },
  } satisfies Omit<Section<ReasonGroup>, "title" | "rows">;
}
