import { describe, expect, test } from "@jest/globals";
import { planOf } from "../../../src/sandbox/simulate/plan.ts";
import { MODES, runSeed } from "../../../src/sandbox/simulate/run-seed.ts";
import type { Simulation } from "../../../src/sandbox/simulate/simulation.ts";
import { type Making, shrinkSeed, trySeed } from "../../../src/sandbox/simulate/task.ts";

const SECONDS = 60_000;

describe("a seed", () => {
  test.each(MODES)(
    "holds every promise: some of mode %s",
    async (mode) => {
      const making: Making = { steps: 60, mode, nodes: 3, only: undefined };
      const failures = [];
      for (const seed of [1, 2, 3, 4]) failures.push(await trySeed(seed, making));
      expect(failures).toEqual([undefined, undefined, undefined, undefined]);
    },
    SECONDS,
  );

  test.each(MODES)(
    "gives the same log to the byte each time: mode %s",
    async (mode) => {
      const once = async () => (await runSeed({ seed: 7, mode, nodes: 3 }, planOf(7, 50))).hash();
      const first = await once();
      expect(await once()).toBe(first);
      const other = await runSeed({ seed: 8, mode, nodes: 3 }, planOf(8, 50));
      expect(other.hash()).not.toBe(first);
    },
    SECONDS,
  );

  test("has steps that stay the same where others are taken out or added", () => {
    const shorter = planOf(5, 40);
    expect(shorter).toEqual(planOf(5, 80).slice(0, shorter.length));
    expect(planOf(5, 40)).not.toEqual(planOf(6, 40));
  });
});

/** A releaser that gives back whatever an interface has. */
function releasesAll({ functions, world }: Simulation): void {
  functions.bend = (ports) => ({
    ...ports,
    releaser: {
      ...ports.releaser,
      unassign: (request) => {
        const item = world.ec2.snapshot().find(({ id }) => id === request.interfaceID);
        return ports.releaser.unassign({ ...request, addresses: item?.secondary ?? request.addresses });
      },
    },
  });
}

describe("a failure", () => {
  test(
    "is told with a trace so short that each step of it is needed",
    async () => {
      const making: Making = { steps: 80, mode: "safety", nodes: 3, only: undefined };
      let failure: Awaited<ReturnType<typeof trySeed>>;
      for (let seed = 1; failure === undefined && seed < 40; seed++)
        failure = await trySeed(seed, making, releasesAll);
      if (failure === undefined) throw new Error("the planted bug was not found");
      expect(failure.promise).toBe("in-use");
      const { trace = [], log = [] } = await shrinkSeed(failure, making, releasesAll);
      expect(trace.length).toBeLessThan(15);
      expect(log.at(-1)).toContain("in-use");
      const only = trace.map(({ nth }) => nth);
      expect((await trySeed(failure.seed, { ...making, only }, releasesAll))?.promise).toBe("in-use");
      expect(await trySeed(failure.seed, { ...making, only })).toBeUndefined();
    },
    SECONDS,
  );
});
