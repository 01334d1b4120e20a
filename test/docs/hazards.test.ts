/** docs/hazards.md names, for each hazard, the file whose tests show it. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";

const ROOT = new URL("../../", import.meta.url);
const HAZARDS = 72;

interface Row {
  readonly number: string;
  readonly situation: string;
  readonly must: string;
  readonly file: string;
}

/** The rows of both tables. */
function rows(): readonly Row[] {
  const page = readFileSync(new URL("docs/hazards.md", ROOT), "utf8");
  return page
    .split("\n")
    .filter((line) => /^\| H\d\d /.test(line))
    .map((line) => {
      const [number = "", situation = "", must = "", file = ""] = line
        .split("|")
        .slice(1)
        .map((cell) => cell.trim());
      return { number, situation, must, file };
    });
}

/** Whether the source has a test, a describe or a row of a table of tests that is named by this number, and by no comment alone. */
function names(source: string, number: string): boolean {
  return source
    .split("\n")
    .filter((line) => !/^\s*(\/\/|\/?\*)/.test(line))
    .some((line) => new RegExp(`["'\`][^"'\`]*\\b${number}\\b`).test(line));
}

describe("docs/hazards.md", () => {
  test("has each hazard once, with its situation, what must be, and the file of its main test", () => {
    const numbers = rows().map(({ number }) => number);
    expect([numbers.length, new Set(numbers).size]).toEqual([HAZARDS, HAZARDS]);
    expect(rows().filter(({ situation, must, file }) => [situation, must, file].includes(""))).toEqual([]);
  });

  test.each(rows().map(({ number, file }) => [number, file] as const))(
    "names for %s a file that is there and has a test of that number: %s",
    (number, file) => {
      const url = new URL(`test/${file}.test.ts`, ROOT);
      expect([file, existsSync(url)]).toEqual([file, true]);
      expect([file, names(readFileSync(url, "utf8"), number)]).toEqual([file, true]);
    },
  );

  test("takes a number in a comment for no test", () => {
    expect(names('// H21 is held elsewhere\n * "H21"', "H21")).toBe(false);
    expect(names('  test("H21 keeps", () => {', "H21")).toBe(true);
    expect(names('testEach("H23 H31 H48", RUNS);', "H31")).toBe(true);
  });
});
