import { describe, expect, test } from "@jest/globals";
import { checks } from "../../scripts/model/checks.ts";
import { read, tablesOf } from "./pages.ts";

const WORDS: Readonly<Record<number, string>> = { 5: "five", 10: "ten" };
const page = read("docs/model.md").replaceAll(/\s+/g, " ");
const isFound = (text: string): boolean => page.includes(text);
const all = checks(false);

describe("docs/model.md", () => {
  test("has a row for each rule that npm run model takes away, in its order", () => {
    const rules = all.filter(({ kind }) => kind === "rule removed").map(({ name }) => name);
    const told = tablesOf("docs/model.md", "rule")
      .flat()
      .map(([rule = ""]) => rule);
    expect(told).toHaveLength(rules.length);
    const alike = (rule: string) => rule.replace("its ", "tombstone's ");
    expect(rules.filter((rule, nth) => !rule.startsWith(alike(told[nth] ?? "?")))).toEqual([]);
  });

  test("names what is found beside them", () => {
    const found = all.filter(({ kind }) => kind === "found").map(({ macros }) => macros.at(-2) ?? "");
    expect(found).toHaveLength(5);
    expect(found.filter((macro) => !isFound(`\`${macro}\``))).toEqual([]);
  });

  test("tells how long the searches without an end take", () => {
    const long = all.flatMap(({ minutes }) => (minutes === undefined ? [] : [WORDS[minutes] ?? minutes]));
    expect(long).toHaveLength(2);
    expect(isFound(`${long.join(" and ")} minutes of bitstate search`)).toBe(true);
    const quick = checks(true).flatMap(({ minutes }) => (minutes === undefined ? [] : [minutes]));
    expect(quick).toEqual([1, 1]);
    expect(page.match(/bitstate \| one minute/g)).toHaveLength(2);
  });
});
