import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Asked } from "./asked.ts";
import type { Failure } from "./task.ts";
import type { Done, Errand, Task } from "./worker.ts";

/** How far a run is. */
export interface Progress {
  readonly done: number;
  readonly failed: number;
  /** Those that have failed since the last time it was told. */
  readonly found: readonly Failure[];
}

const BATCH = 8;
/** Shortest traces are looked for for so many failures, of each promise the first ones. */
const MOST_SHRUNK = 5;
/** Most of what is made is garbage at once: a large nursery lets it die there. */
const NURSERY_MEGABYTES = 64;

/** Runs all seeds on worker threads. The answer, in the order of seeds, is the same whatever their number. */
export async function runSeeds(asked: Asked, progress: (now: Progress) => void): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  let next = asked.first;
  let end = asked.first + asked.seeds;
  let done = 0;
  const workers = Math.min(asked.workers ?? availableParallelism(), Math.ceil(asked.seeds / BATCH));
  const team = Array.from({ length: workers }, () => new Hand(asked));
  try {
    await Promise.all(
      team.map(async (hand) => {
        while (next < end) {
          const from = next;
          const count = Math.min(asked.stopAtFirst ? 1 : BATCH, end - from);
          next += count;
          const answer = await hand.do({ do: "try", from, count });
          if (answer.did !== "try") continue;
          failures.push(...answer.failures);
          done += count;
          const [first] = answer.failures;
          if (asked.stopAtFirst && first !== undefined) end = Math.min(end, first.seed);
          progress({ done, failed: failures.length, found: answer.failures });
        }
      }),
    );
    failures.sort((a, b) => a.seed - b.seed);
    if (asked.stopAtFirst) return failures.slice(0, 1);
    return asked.traces ? await shrunk(failures, team) : failures;
  } finally {
    await Promise.all(team.map((hand) => hand.end()));
  }
}

async function shrunk(failures: readonly Failure[], team: readonly Hand[]): Promise<readonly Failure[]> {
  const chosen = chooseFor(failures);
  const results = new Map<number, Failure>();
  await Promise.all(
    team.map(async (hand) => {
      for (let failure = chosen.shift(); failure !== undefined; failure = chosen.shift()) {
        const answer = await hand.do({ do: "shrink", failure });
        if (answer.did === "shrink") results.set(failure.seed, answer.failure);
      }
    }),
  );
  return failures.map((failure) => results.get(failure.seed) ?? failure);
}

/** The first of each promise, then others. */
function chooseFor(failures: readonly Failure[]): Failure[] {
  const isFirst = ({ promise }: Failure, nth: number) =>
    failures.findIndex((other) => other.promise === promise) === nth;
  const firsts = failures.filter(isFirst);
  return [...firsts, ...failures.filter((failure) => !firsts.includes(failure))].slice(0, MOST_SHRUNK);
}

/** One worker thread: one task at a time. */
class Hand {
  readonly #worker: Worker;

  constructor({ steps, mode, nodes, only, leaveOut }: Asked) {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: { steps, mode, nodes, only, leaveOut } satisfies Errand,
      resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MEGABYTES },
    });
  }

  do(task: Task): Promise<Done> {
    return new Promise((resolve, reject) => {
      const settle = (): void => void this.#worker.off("message", heard).off("error", failed);
      const heard = (done: Done): void => {
        settle();
        resolve(done);
      };
      const failed = (error: unknown): void => {
        settle();
        reject(error as Error);
      };
      this.#worker.on("message", heard).on("error", failed);
      this.#worker.postMessage(task);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
