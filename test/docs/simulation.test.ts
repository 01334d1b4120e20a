import { readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { PROMISES } from "../../src/sandbox/simulate/promises.ts";
import { ROOT, read, tablesOf } from "./pages.ts";

const page = read("docs/simulation.md");

describe("docs/simulation.md", () => {
  test("names every file of stories", () => {
    const files = readdirSync(new URL("src/sandbox/simulate/steps/storms/", ROOT));
    const stories = files.filter((name) => name.startsWith("of-"));
    expect(stories.length).toBeGreaterThan(5);
    expect(stories.filter((name) => !page.includes(name))).toEqual([]);
  });

  test("counts the fences of its table, and those that are killed in it, right", () => {
    const [, killed, of] = /^(\d+) of (\d+) fences, seeds 1 to 40/m.exec(page) ?? [];
    const seeds = tablesOf("docs/simulation.md", "fence").flat();
    expect(seeds.length).toBe(Number(of));
    expect(seeds.filter(([, seed]) => /^\d+$/.test(seed ?? "")).length).toBe(Number(killed));
    const promises = new Set(seeds.flatMap(([, seed, promise]) => (seed === "none" ? [] : [promise])));
    expect([...promises].filter((promise) => !Object.keys(PROMISES).includes(promise ?? ""))).toEqual([]);
  });
});
