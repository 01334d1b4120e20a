import { parentPort, workerData } from "node:worker_threads";
import { type Failure, type Making, shrinkSeed, trySeed } from "./task.ts";

/** What a worker is for. */
export interface Errand extends Making {
  /** Seeds that are not tried. */
  readonly leaveOut: readonly number[];
}

/** What a worker is asked, and what it answers. */
export type Task =
  | { readonly do: "try"; readonly from: number; readonly count: number }
  | { readonly do: "shrink"; readonly failure: Failure };
export type Done =
  | {
      readonly did: "try";
      readonly from: number;
      readonly count: number;
      readonly failures: readonly Failure[];
    }
  | { readonly did: "shrink"; readonly failure: Failure };

// Stacks of errors that are thrown and handled by the thousand cost more than what they are thrown for.
Error.stackTraceLimit = 4;
const { leaveOut, ...making } = workerData as Errand;

async function answer(task: Task): Promise<Done> {
  if (task.do === "shrink") return { did: "shrink", failure: await shrinkSeed(task.failure, making) };
  const failures: Failure[] = [];
  for (let seed = task.from; seed < task.from + task.count; seed++) {
    if (leaveOut.includes(seed)) continue;
    const failure = await trySeed(seed, making);
    if (failure !== undefined) failures.push(failure);
  }
  return { did: "try", from: task.from, count: task.count, failures };
}

parentPort?.on("message", (task: Task) => {
  void answer(task).then((done) => parentPort?.postMessage(done));
});
