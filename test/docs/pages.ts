import { readdirSync, readFileSync } from "node:fs";

export const ROOT = new URL("../../", import.meta.url);

export const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

const pagesIn = (folder: string): readonly string[] =>
  readdirSync(new URL(folder, ROOT))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);

/** Every page that people read. */
export const PAGES: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  ...pagesIn("docs"),
  ...pagesIn("docs/decisions"),
];

/** The rows of the page's tables whose first head is this one, without heads and rules; each row as its cells. */
export function tablesOf(page: string, head: string): readonly (readonly (readonly string[])[])[] {
  const tables = read(page).match(/(?:^\|.*\n?)+/gm) ?? [];
  return tables
    .map((table) => table.trimEnd().split("\n").map(cellsOf))
    .filter(([heads]) => heads?.[0] === head)
    .map((rows) => rows.slice(2));
}

const cellsOf = (row: string): readonly string[] =>
  row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
