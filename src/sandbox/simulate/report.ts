import type { Asked } from "./asked.ts";
import { PROMISES } from "./promises.ts";
import type { Failure } from "./task.ts";

/** How to see a failure again. */
export function commandFor({ seed, mode, trace }: Failure, { steps, nodes }: Asked): string {
  const more = [
    ...(steps === 200 ? [] : [`--steps ${steps}`]),
    ...(nodes === undefined ? [] : [`--nodes ${nodes}`]),
    ...(trace === undefined ? [] : [`--only ${trace.map(({ nth }) => nth).join(",")}`]),
  ];
  return ["npm run simulate --", `--seed ${seed}`, `--mode ${mode}`, ...more].join(" ");
}

/** The broken promise in one line. */
export function promiseOf({ promise, what }: Failure): string {
  return promise === "error" ? `the simulation itself failed: ${what}` : `${PROMISES[promise]}: ${what}`;
}

export function reportText(failures: readonly Failure[], asked: Asked): string {
  const parts = failures.map((failure) => {
    const { seed, mode, nodes, trace, log } = failure;
    const head = [`seed ${seed}, ${mode}, ${nodes} nodes`, `  broken: ${promiseOf(failure)}`];
    if (trace !== undefined) {
      head.push(`  shortest trace: ${trace.length} steps`);
      for (const { nth, kind } of trace) head.push(`    ${String(nth).padStart(4)} ${kind}`);
    }
    if (log !== undefined)
      head.push("  what happened in it (seconds, who, what):", ...log.map((line) => `    ${line}`));
    head.push(`  again: ${commandFor(failure, asked)}`);
    return head.join("\n");
  });
  return parts.join("\n\n");
}

export function reportJson(
  failures: readonly Failure[],
  asked: Asked,
  seedsPerMinute: number,
): Readonly<Record<string, unknown>> {
  return {
    seeds: asked.seeds,
    first: asked.first,
    steps: asked.steps,
    mode: asked.mode,
    seedsPerMinute,
    failures: failures.map((failure) => ({
      seed: failure.seed,
      mode: failure.mode,
      nodes: failure.nodes,
      name: failure.promise,
      promise: promiseOf(failure),
      ...(failure.trace === undefined ? {} : { trace: failure.trace, log: failure.log }),
      command: commandFor(failure, asked),
    })),
  };
}
