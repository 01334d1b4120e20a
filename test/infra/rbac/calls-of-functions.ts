import { RUNS } from "../../reclaimer/crash-points/runs.ts";
import { pointsOf, type Run } from "../../reclaimer/every-point.ts";
import { distinct, type Request, requestOf } from "./request.ts";

export const FUNCTIONS = ["collect", "reclaim", "clean"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Which function does the work of a run: `reclaim` sweeps. */
function functionOf({ name }: Run): FunctionName {
  const [work = ""] = /^[a-z]+/.exec(name) ?? [];
  const by = { collect: "collect", sweep: "reclaim", clean: "clean" } as const;
  if (!Object.hasOwn(by, work)) throw new Error(`${name}: whose work is that?`);
  return by[work as keyof typeof by];
}

/**
 * Every request that a function makes in the runs of test/reclaimer/crash-points, which stand at each await of src/reclaimer
 * (test/reclaimer/crash-points/protocol.test.ts).
 */
export async function requestsOfFunctions(): Promise<ReadonlyMap<FunctionName, readonly Request[]>> {
  const calls = new Map<FunctionName, string[]>(FUNCTIONS.map((name) => [name, []]));
  for (const run of RUNS) {
    for (const { is, what } of await pointsOf(run))
      if (is === "call" && / \/api/.test(what)) calls.get(functionOf(run))?.push(what);
  }
  return new Map([...calls].map(([name, made]) => [name, distinct(made.map(requestOf))]));
}
