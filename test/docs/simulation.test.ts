import { readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { askedBy } from "../../src/sandbox/simulate/asked.ts";
import { planOf } from "../../src/sandbox/simulate/plan.ts";
import { PROMISES } from "../../src/sandbox/simulate/promises.ts";
import { STEPS } from "../../src/sandbox/simulate/steps/index.ts";
import { ROOT, read, tablesOf } from "./pages.ts";

const page = read("docs/simulation.md");

describe("docs/simulation.md", () => {
  test("names every file of stories", () => {
    const files = readdirSync(new URL("src/sandbox/simulate/steps/storms/", ROOT));
    const stories = files.filter((name) => name.startsWith("of-"));
    expect(stories.length).toBeGreaterThan(5);
    expect(stories.filter((name) => !page.includes(name))).toEqual([]);
  });

  test("tells how often forty seeds tell each story", () => {
    const steps = Array.from({ length: 40 }, (_, nth) => planOf(nth + 1, askedBy([])?.steps ?? 0)).flat();
    const stories = Object.keys(STEPS).filter((kind) => kind.startsWith("storm-"));
    const times = stories.map((story) => steps.filter(({ kind }) => kind === story).length);
    const told = `forty seeds tell a story between ${Math.min(...times)} and ${Math.max(...times)} times`;
    expect([told, page.replaceAll("\n", " ").includes(told)]).toEqual([told, true]);
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
