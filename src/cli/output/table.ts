/** A column of a table: numbers stand right, text left; `elastic` ones are shortened first where the width is short. */
export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string | number | undefined;
  readonly elastic?: boolean;
}

const GAP = "  ";
const NARROWEST = 12;

/** Rows under titles, aligned; no line is wider than `width` where shortening can help. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly string[] {
  const cells = rows.map((row) => columns.map(({ of }) => of(row)));
  const used = columns.map((_, index) => cells.some((row) => row[index] !== undefined && row[index] !== ""));
  const shown = columns.map((column, index) => ({ column, index })).filter(({ index }) => used[index]);
  const widths = new Map(
    shown.map(({ column, index }) => [
      index,
      Math.max(column.title.length, ...cells.slice(0, MEASURED).map((row) => text(row[index]).length)),
    ]),
  );
  const total = () => [...widths.values()].reduce((sum, one) => sum + one + GAP.length, -GAP.length);
  for (;;) {
    const excess = total() - width;
    const widest = shown
      .filter(({ column, index }) => column.elastic === true && (widths.get(index) ?? 0) > NARROWEST)
      .sort((a, b) => (widths.get(b.index) ?? 0) - (widths.get(a.index) ?? 0))[0];
    if (excess <= 0 || widest === undefined) break;
    widths.set(widest.index, (widths.get(widest.index) ?? 0) - 1);
  }
  const line = (values: readonly (string | number | undefined)[]) =>
    shown
      .map(({ index, column }) => {
        const size = widths.get(index) ?? 0;
        const value = values[index];
        const right = typeof value === "number" || (value === column.title && numeric(cells, index));
        const cut = middle(text(value), size);
        return right ? cut.padStart(size) : cut.padEnd(size);
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...cells.map(line)];
}

/** So many rows decide the widths: a million are not measured. */
const MEASURED = 5_000;

function numeric(cells: readonly (readonly (string | number | undefined)[])[], index: number): boolean {
  return cells.some((row) => typeof row[index] === "number");
}

function text(value: string | number | undefined): string {
  if (value === undefined) return "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names from dumps must not steer the terminal
  return String(value).replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

/** Shortens in the middle: of node names and addresses both ends tell. */
function middle(value: string, size: number): string {
  if (value.length <= size) return value;
  const head = Math.ceil((size - 1) / 2);
  return `${value.slice(0, head)}…${value.slice(value.length - (size - 1 - head))}`;
}
