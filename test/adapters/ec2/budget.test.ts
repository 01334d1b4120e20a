import { describe, expect, it } from "@jest/globals";
import { fullBucket, refilled, shareOf, takeTokens, waitFor } from "../../../src/adapters/ec2/bucket.ts";
import { createCloudBudget, EC2_BUCKETS } from "../../../src/adapters/ec2/budget.ts";
import fc, { runs } from "../../property.ts";
import { fakeClock } from "../aws/fake-clock.ts";

const bucket = fc.record({
  capacity: fc.double({ min: 1, max: 100, noNaN: true }),
  refillPerSecond: fc.double({ min: 0.01, max: 50, noNaN: true }),
});

describe("bucket", () => {
  it("never gives more in any window than it holds and is refilled by", () => {
    const steps = fc.array(fc.record({ after: fc.nat({ max: 20_000 }), wanted: fc.nat({ max: 200 }) }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(bucket, steps, (one, all) => {
        let now = 0;
        let level = fullBucket(one, now);
        const taken: { at: number; count: number }[] = [];
        for (const { after, wanted } of all) {
          now += after;
          const result = takeTokens(one, level, wanted, now);
          level = result.level;
          taken.push({ at: now, count: result.taken });
        }
        expectWithinBucket(one, taken);
      }),
    );
  });

  it("has what was waited for when the wait is over", () => {
    fc.assert(
      fc.property(
        bucket,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 100 }),
        (one, fill, wanted) => {
          const level = { tokens: one.capacity * fill, at: 0 };
          const after = refilled(one, level, waitFor(one, level, wanted));
          expect(after.tokens).toBeGreaterThanOrEqual(Math.min(wanted, one.capacity) - 1e-6);
        },
      ),
    );
  });

  it("is not refilled by a clock that goes back", () => {
    const one = { capacity: 10, refillPerSecond: 1 };
    expect(refilled(one, { tokens: 3, at: 5_000 }, 1_000)).toEqual({ tokens: 3, at: 1_000 });
  });

  it("holds one token however small our share is", () => {
    expect(shareOf({ capacity: 100, refillPerSecond: 5 }, 0.001)).toEqual({
      capacity: 1,
      refillPerSecond: 0.005,
    });
  });
});

describe("CloudBudget", () => {
  it("gives a fifth of EC2's burst at once, divided by the concurrency, and then only the refill", async () => {
    const clock = fakeClock();
    const budget = createCloudBudget({ clock, maximumConcurrency: 2 });
    await budget.reserve({ UnassignPrivateIpAddresses: 10, DescribeNetworkInterfaces: 10 });
    expect(clock.slept).toEqual([]);
    await budget.reserve({ UnassignPrivateIpAddresses: 1 });
    expect(clock.slept).toEqual([2_000]);
  });

  it("gives more than it holds in parts, so that a large request ends", async () => {
    const clock = fakeClock();
    const budget = createCloudBudget({ clock, share: 0.01, maximumConcurrency: 50 });
    const start = clock.now();
    await budget.reserve({ DeleteNetworkInterface: 3 });
    // One at once, and two refills of 5 a second x 0.01 / 50.
    expect(clock.now() - start).toBe(2_000_000);
  });

  it("serves in the order of asking", async () => {
    const clock = fakeClock();
    const budget = createCloudBudget({ clock });
    const order: string[] = [];
    await Promise.all([
      budget.reserve({ UnassignPrivateIpAddresses: 100 }).then(() => order.push("large")),
      budget.reserve({ UnassignPrivateIpAddresses: 1 }).then(() => order.push("small")),
      budget.reserve({ DescribeInstances: 1 }).then(() => order.push("other")),
    ]);
    expect(order).toEqual(["large", "small", "other"]);
  });

  it("goes on after a sleep that failed", async () => {
    const clock = fakeClock();
    const budget = createCloudBudget({
      clock: { ...clock, sleep: () => Promise.reject(new Error("interrupted")) },
    });
    await expect(budget.reserve({ UnassignPrivateIpAddresses: 21 })).rejects.toThrow("interrupted");
    await expect(budget.reserve({ DescribeInstances: 1 })).resolves.toBeUndefined();
  });

  it("refuses a count or a share that means nothing", () => {
    const clock = fakeClock();
    expect(() => createCloudBudget({ clock, share: 0 })).toThrow(RangeError);
    expect(() => createCloudBudget({ clock, share: 1.5 })).toThrow(RangeError);
    expect(() => createCloudBudget({ clock, maximumConcurrency: 0.5 })).toThrow(RangeError);
    expect(() => createCloudBudget({ clock }).reserve({ DescribeInstances: -1 })).toThrow(RangeError);
  });

  it("never lets more calls go in any window than our share of EC2's bucket", async () => {
    const requests = fc.array(
      fc.record({ after: fc.nat({ max: 30_000 }), calls: fc.integer({ min: 1, max: 60 }) }),
      {
        minLength: 1,
        maxLength: 15,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0.01, 0.2, 1),
        fc.integer({ min: 1, max: 30 }),
        requests,
        async (share, maximumConcurrency, all) => {
          const clock = fakeClock();
          const budget = createCloudBudget({ clock, share, maximumConcurrency });
          const ours = shareOf(EC2_BUCKETS.UnassignPrivateIpAddresses, share / maximumConcurrency);
          const taken: { at: number; count: number }[] = [];
          for (const { after, calls } of all) {
            clock.advance(after);
            // One at a time: a reservation larger than the bucket is collected over time.
            for (let call = 0; call < calls; call += 1) {
              await budget.reserve({ UnassignPrivateIpAddresses: 1 });
              taken.push({ at: clock.now(), count: 1 });
            }
          }
          expectWithinBucket(ours, taken);
        },
      ),
      runs(30),
    );
  });
});

function expectWithinBucket(
  one: { capacity: number; refillPerSecond: number },
  taken: readonly { at: number; count: number }[],
): void {
  for (let from = 0; from < taken.length; from += 1) {
    let sum = 0;
    for (let to = from; to < taken.length; to += 1) {
      sum += taken[to]!.count;
      const seconds = (taken[to]!.at - taken[from]!.at) / 1000;
      if (sum > one.capacity + one.refillPerSecond * seconds + 1e-6)
        throw new Error(`${sum} calls in ${seconds} s from ${JSON.stringify(one)}`);
    }
  }
}
