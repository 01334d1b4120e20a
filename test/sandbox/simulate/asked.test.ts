import { describe, expect, test } from "@jest/globals";
import { askedBy } from "../../../src/sandbox/simulate/asked.ts";
import { settle } from "../../../src/sandbox/simulate/settle.ts";
import { Simulation } from "../../../src/sandbox/simulate/simulation.ts";
import { optionsOf, stepsOf } from "../../../src/sandbox/simulate/task.ts";

const DAY = 24 * 60 * 60_000;
const SEEDS = Array.from({ length: 24 }, (_, nth) => nth + 1);

/** What a command line makes of a seed. */
function seedOf(seed: number, ...argv: readonly string[]) {
  const asked = askedBy(argv);
  if (asked === undefined) throw new Error("help was asked for");
  return { ...optionsOf(seed, asked), steps: stepsOf(seed, asked).map(({ nth }) => nth) };
}

describe("npm run simulate", () => {
  test("tries even seeds with faults throughout, odd ones with faults that end, each with three to five nodes", () => {
    const made = SEEDS.map((seed) => seedOf(seed));
    for (const { seed, mode } of made) expect([seed, mode]).toEqual([seed, seed % 2 ? "liveness" : "safety"]);
    for (const wanted of ["safety", "liveness"])
      expect(new Set(made.filter(({ mode }) => mode === wanted).map(({ nodes }) => nodes))).toEqual(
        new Set([3, 4, 5]),
      );
  });

  test("takes a shortest trace again: the mode, the nodes and the steps that it names, and no others", () => {
    const trace = seedOf(11, "--seed", "11", "--mode", "safety", "--nodes", "7", "--only", "5,8,21");
    expect(trace).toMatchObject({ seed: 11, mode: "safety", nodes: 7, steps: [5, 8, 21] });
    expect(seedOf(11).steps.length).toBeGreaterThan(21);
  });

  test("tries one seed where one is named, a hundred where none is", () => {
    expect([askedBy([])?.seeds, askedBy(["--seed", "4"])?.seeds]).toEqual([100, 1]);
    expect(askedBy(["--seed", "4", "--seeds", "2"])).toMatchObject({ first: 4, seeds: 2 });
  });

  test.each([
    ["--seeds", "0"],
    ["--mode", "wild"],
    ["--output", "xml"],
    ["--only", "1,x"],
    ["--sedes", "3"],
  ])("refuses %s %s in a sentence", (option, value) => {
    expect(() => askedBy([option, value])).toThrow(option.replace(/^--/, ""));
  });
});

describe("a simulated cluster", () => {
  test("of more than eight nodes has a larger subnet", () => {
    const room = (nodes: number) => {
      const { world } = new Simulation({ seed: 1, nodes });
      const answer = world.ec2.call("DescribeSubnets", {}) as unknown as {
        readonly Subnets: readonly { readonly AvailableIpAddressCount: number }[];
      };
      return Math.max(...answer.Subnets.map(({ AvailableIpAddressCount }) => AvailableIpAddressCount));
    };
    expect([3, 8].map(room).filter((left) => left > 128)).toEqual([]);
    expect(room(9)).toBeGreaterThan(512);
  });

  test("whose leak nobody finds is waited for three days, and then told", async () => {
    const simulation = new Simulation({ seed: 1, nodes: 1 });
    await simulation.start();
    const { clock, functions, nodes } = simulation;
    nodes[0]?.leaks.make(1);
    functions.collect = async () => true;
    const began = clock.now();
    const wrong = await settle(simulation);
    expect(wrong.filter((what) => what.includes("is leaked"))).not.toEqual([]);
    expect((clock.now() - began) / DAY).toBeGreaterThanOrEqual(3);
    expect((clock.now() - began) / DAY).toBeLessThan(4.1);
  });
});
