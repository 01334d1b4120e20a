import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { FENCES } from "../../scripts/mutants/fences.ts";
import { fenceTable } from "../../scripts/mutants/table.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("docs/protocol.md", () => {
  test("shows every fence that the mutants take out (npm run mutants -- --markdown prints the table)", () => {
    const [, table] =
      /<!-- fences -->\n\n([\s\S]*?)\n\n<!-- \/fences -->/.exec(read("docs/protocol.md")) ?? [];
    expect(table).toBe(fenceTable(FENCES));
  });

  test.each(FENCES)("the mutant of '$name' changes text that stands in its file once", ({ file, find }) => {
    expect(read(file).split(find)).toHaveLength(2);
  });

  test("no two fences share a name", () => {
    expect(new Set(FENCES.map(({ name }) => name)).size).toBe(FENCES.length);
  });

  test("each fence names hazards that exist", () => {
    const rows = new Set(read("docs/hazards.md").match(/H\d\d/g));
    const unknown = FENCES.flatMap(({ hazards }) => hazards.filter((hazard) => !rows.has(hazard)));
    expect(unknown).toEqual([]);
  });
});
