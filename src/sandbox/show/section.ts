import { type Column, table } from "../../cli/output/table.ts";
import { wrapped } from "../../cli/output/wrap.ts";
import type { Layout } from "./layout.ts";
import { number } from "./words.ts";

export interface Section<Row> {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly columns: readonly ShownColumn<Row>[];
  /** A last column of sentences, wrapped rather than cut. */
  readonly sentence?: { readonly title: string; readonly of: (row: Row) => string };
  /** Rows to show at most. Default: {@link ROWS}. */
  readonly most?: number;
  readonly isDim?: (row: Row) => boolean;
}

/** `spare` columns are left out, the last first, where the terminal is too narrow for all. */
export type ShownColumn<Row> = Column<Row> & { readonly spare?: boolean };

export const ROWS = 20;
const INDENT = "  ";
const NARROWEST_SENTENCE = 28;
const WIDEST_SENTENCE = 80;

/** A titled table, or nothing where it has no rows. */
export function section<Row>(layout: Layout, given: Section<Row>): readonly string[] {
  const { title, rows, sentence, isDim, most = ROWS } = given;
  const { paint } = layout;
  if (rows.length === 0) return [];
  // a few rows more take no more room than to say that they are left out
  const shown = rows.length <= most + 2 ? rows : rows.slice(0, most);
  const width = layout.width - INDENT.length;
  const longest = sentence === undefined ? 0 : Math.max(...shown.map((row) => sentence.of(row).length));
  const columns = fitting(given.columns, shown, width - (longest === 0 ? 0 : longest + 2));
  const room = longest === 0 ? width : width - Math.min(longest, NARROWEST_SENTENCE) - 2;
  const [head = "", ...lines] = table(columns, shown, room);
  const left = Math.max(head.length, ...lines.map(({ length }) => length));
  const texts = shown.map((row) =>
    sentence === undefined ? [""] : wrapped(sentence.of(row), Math.min(width - left - 2, WIDEST_SENTENCE)),
  );
  const body = shown.flatMap((row, index) => {
    const [first = "", ...more] = texts[index] ?? [];
    const all = [
      `${(lines[index] ?? "").padEnd(left)}  ${first}`.trimEnd(),
      ...more.map((text) => `${" ".repeat(left)}  ${text}`),
    ];
    return all.map((line) => INDENT + (isDim?.(row) === true ? paint.dim(line) : line));
  });
  const hidden = rows.length - shown.length;
  return [
    "",
    paint.bold(title),
    INDENT + paint.dim(`${head.padEnd(left)}  ${sentence?.title ?? ""}`.trimEnd()),
    ...body,
    ...(hidden === 0 ? [] : [paint.dim(`${INDENT}… and ${number(hidden)} more (-o json shows all)`)]),
  ];
}

function fitting<Row>(
  columns: readonly ShownColumn<Row>[],
  rows: readonly Row[],
  width: number,
): readonly ShownColumn<Row>[] {
  const needed = Math.max(...table(columns, rows, Number.POSITIVE_INFINITY).map(({ length }) => length));
  const last = columns.findLastIndex(({ spare }) => spare === true);
  if (needed <= width || last < 0) return columns;
  return fitting(
    columns.filter((_, index) => index !== last),
    rows,
    width,
  );
}
