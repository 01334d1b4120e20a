import type { Clock } from "../../ports/clock.ts";
import type { CloudAction, CloudBudget } from "../../ports/cloud.ts";
import { type Bucket, fullBucket, type Level, refilled, shareOf, takeTokens, waitFor } from "./bucket.ts";

/**
 * EC2's buckets of an account and Region (EC2 Developer Guide, "Request throttling for the Amazon EC2 API", tables of
 * request token buckets). The Describe calls are always paginated or filtered, else their bucket would be 50 and 10.
 */
export const EC2_BUCKETS: Readonly<Record<CloudAction, Bucket>> = {
  DescribeNetworkInterfaces: { capacity: 100, refillPerSecond: 20 },
  DescribeInstances: { capacity: 100, refillPerSecond: 20 },
  UnassignPrivateIpAddresses: { capacity: 100, refillPerSecond: 5 },
  DeleteNetworkInterface: { capacity: 100, refillPerSecond: 5 },
};

export interface BudgetOptions {
  readonly clock: Clock;
  /** The reclaimer's share of each bucket, above 0 and up to 1, all concurrent functions together. */
  readonly share?: number;
  /** How many functions share it. */
  readonly maximumConcurrency?: number;
  /** Where the account's limits were raised. */
  readonly buckets?: Readonly<Record<CloudAction, Bucket>>;
}

export const DEFAULT_SHARE = 0.2;

/**
 * First come, first served. More calls at once than our bucket holds are collected in parts, as it refills: they take
 * longer, but they are had.
 */
export function createCloudBudget(options: BudgetOptions): CloudBudget {
  const { clock, share = DEFAULT_SHARE, maximumConcurrency = 1, buckets = EC2_BUCKETS } = options;
  if (!(share > 0 && share <= 1)) throw new RangeError(`a share is above 0 and up to 1, not ${share}`);
  if (!(Number.isInteger(maximumConcurrency) && maximumConcurrency > 0))
    throw new RangeError(`a concurrency is a whole number from 1, not ${maximumConcurrency}`);
  const states = new Map(
    Object.entries(buckets).map(([action, whole]) => {
      const bucket = shareOf(whole, share / maximumConcurrency);
      return [action as CloudAction, { bucket, level: fullBucket(bucket, clock.now()) }];
    }),
  );

  const collect = async (action: CloudAction, calls: number): Promise<void> => {
    const state = states.get(action) as { readonly bucket: Bucket; level: Level };
    for (let missing = calls; missing > 0; ) {
      const { bucket } = state;
      state.level = refilled(bucket, state.level, clock.now());
      // A part is as many as fit, so that what fits at all is taken at once.
      const part = Math.min(missing, Math.floor(bucket.capacity));
      const wait = waitFor(bucket, state.level, part);
      if (wait > 0) {
        await clock.sleep(wait);
        continue;
      }
      const { level, taken } = takeTokens(bucket, state.level, part, clock.now());
      state.level = level;
      missing -= taken;
    }
  };

  let line: Promise<void> = Promise.resolve();
  return {
    reserve(calls) {
      const wanted = Object.entries(calls) as [CloudAction, number][];
      for (const [action, count] of wanted)
        if (!(Number.isInteger(count) && count >= 0))
          throw new RangeError(`${action}: calls are a whole number from 0, not ${count}`);
      const turn = line.then(async () => {
        for (const [action, count] of wanted) await collect(action, count);
      });
      line = turn.catch(() => undefined);
      return turn;
    },
  };
}
