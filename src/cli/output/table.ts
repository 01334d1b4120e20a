import { distinctly } from "./shorten.ts";
import { wrapped } from "./wrap.ts";

/**
 * A column of a table: numbers stand right, text left. Where the width is short, sentences (`prose`) are wrapped, and names
 * (`elastic`) are shortened, never so that two become equal.
 */
export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string | number | undefined;
  readonly elastic?: boolean;
  readonly prose?: boolean;
}

type Cell = string | number | undefined;

const GAP = "  ";
const NARROWEST = 12;
const NARROWEST_PROSE = 24;
/** Columns that don't fit beside the others stand below them, behind this. */
const CONTINUED = "    ";

/** Rows under titles, aligned; a row that can't be as narrow as `width` goes on in the next line. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly string[] {
  const all = columns.map((column) => ({ column, cells: rows.map((row): Cell => column.of(row)) }));
  const shown = all
    .filter(({ cells }) => cells.some((cell) => cell !== undefined && cell !== ""))
    .map(({ column, cells }) => ({ column, numeric: cells.some(isNumber), texts: cells.map(text) }));
  const sizes = shown.map(({ column, texts }) => widest([column.title, ...texts.slice(0, MEASURED)]));
  const total = () => sizes.reduce((sum, one) => sum + one + GAP.length, -GAP.length);
  for (let excess = total() - width; excess > 0; excess -= 1) {
    const index = widestThatGives(shown, sizes);
    if (index === undefined) break;
    sizes[index] = (sizes[index] ?? 0) - 1;
  }
  for (const [index, one] of shown.entries()) {
    if (one.column.elastic !== true || one.column.prose === true) continue;
    one.texts = distinctly(one.texts, sizes[index] ?? 0);
    sizes[index] = widest([one.column.title, ...one.texts.slice(0, MEASURED)]);
  }
  const bands = bandsOf(sizes, width);
  const lines = (cellOf: (index: number) => string): readonly string[] =>
    bands.flatMap((band, bandIndex) => {
      const parts = band.map((index) => {
        const prose = shown[index]?.column.prose === true;
        return prose ? wrapped(cellOf(index), sizes[index] ?? 0) : [cellOf(index)];
      });
      return Array.from({ length: Math.max(...parts.map(({ length }) => length)) }, (_, at) =>
        `${bandIndex === 0 ? "" : CONTINUED}${band
          .map((index, column) => {
            const value = parts[column]?.[at] ?? "";
            const size = sizes[index] ?? 0;
            return shown[index]?.numeric === true ? value.padStart(size) : value.padEnd(size);
          })
          .join(GAP)}`.trimEnd(),
      );
    });
  return [
    lines((index) => shown[index]?.column.title ?? "").join(TITLES),
    ...rows.flatMap((_, row) => lines((index) => shown[index]?.texts[row] ?? "")),
  ];
}

/** Between the lines of titles that need several: they stay one element. */
const TITLES = "\n";

/** So many rows decide the widths: a million are not measured. */
const MEASURED = 5_000;

function widestThatGives(
  shown: readonly { readonly column: Pick<Column<never>, "elastic" | "prose"> }[],
  sizes: readonly number[],
): number | undefined {
  let found: number | undefined;
  for (const [index, { column }] of shown.entries()) {
    const least = column.prose === true ? NARROWEST_PROSE : column.elastic === true ? NARROWEST : undefined;
    const size = sizes[index] ?? 0;
    if (least !== undefined && size > least && (found === undefined || size > (sizes[found] ?? 0)))
      found = index;
  }
  return found;
}

/** Which columns stand in which line of a row. */
function bandsOf(sizes: readonly number[], width: number): readonly (readonly number[])[] {
  const bands: number[][] = [[]];
  let used = 0;
  for (const [index, size] of sizes.entries()) {
    const band = bands.at(-1) as number[];
    if (band.length > 0 && used + GAP.length + size > width) {
      bands.push([index]);
      used = CONTINUED.length + size;
    } else {
      used += (band.length === 0 ? 0 : GAP.length) + size;
      band.push(index);
    }
  }
  return bands;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

function isNumber(cell: Cell): boolean {
  return typeof cell === "number";
}

function text(value: Cell): string {
  if (value === undefined) return "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names from dumps must not steer the terminal
  return String(value).replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}
