import { parseArgs } from "node:util";
import { MODES, type Mode } from "./run-seed.ts";

/** What a command line of `npm run simulate` asks for. */
export interface Asked {
  readonly first: number;
  readonly seeds: number;
  readonly steps: number;
  /** `both`: each mode for every other seed. */
  readonly mode: Mode | "both";
  /** Undefined: three to five, by the seed. */
  readonly nodes: number | undefined;
  readonly workers: number | undefined;
  readonly output: "text" | "json";
  readonly stopAtFirst: boolean;
  /** Whether a seed that fails is told with its shortest trace. */
  readonly traces: boolean;
  /** Seeds that are not tried. */
  readonly leaveOut: readonly number[];
  /** Numbers of the steps to take; all where undefined. */
  readonly only: readonly number[] | undefined;
}

export const HELP = `Usage: npm run simulate -- [options]

Whole clusters in virtual time, each from a seed: nothing in use may be given back, and when the faults are over everything
must come right. Exit code 1 where a seed failed, with its shortest trace.

  --seeds N         how many seeds (100; 1 where --seed is given)
  --seed S          the first seed (1)
  --steps M         steps of each seed (200)
  --mode MODE       safety, liveness, or both: one for every other seed (both)
  --nodes N         nodes of each cluster (3 to 5, by the seed)
  --only 1,2,3      takes only these steps: replays a shortest trace
  --no-traces       tells which seeds fail, without looking for their shortest traces
  --leave-out 4,9   tries all seeds but these
  --stop-at-first   ends at the first seed that fails, without looking for its shortest trace
  --workers N       worker threads (one a core)
  -o, --output F    text or json (text)
  -h, --help        this text
`;

const OPTIONS = {
  seeds: { type: "string" },
  seed: { type: "string" },
  steps: { type: "string" },
  mode: { type: "string" },
  nodes: { type: "string" },
  only: { type: "string" },
  "stop-at-first": { type: "boolean" },
  "no-traces": { type: "boolean" },
  "leave-out": { type: "string" },
  workers: { type: "string" },
  output: { type: "string", short: "o" },
  help: { type: "boolean", short: "h" },
} as const;

/** Throws where the command line is wrong, with a sentence for people. Undefined: help is asked for. */
export function askedBy(argv: readonly string[]): Asked | undefined {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS, strict: true });
  if (values.help === true) return undefined;
  const { mode = "both", output = "text" } = values;
  if (mode !== "both" && !isMode(mode)) throw new Error(`--mode is safety, liveness or both, not ${mode}`);
  if (output !== "text" && output !== "json") throw new Error(`--output is text or json, not ${output}`);
  const number = (name: "seeds" | "seed" | "steps" | "nodes" | "workers", least: number) =>
    values[name] === undefined ? undefined : numberOf(`--${name}`, values[name], least);
  const first = number("seed", 0);
  return {
    first: first ?? 1,
    seeds: number("seeds", 1) ?? (first === undefined ? 100 : 1),
    steps: number("steps", 1) ?? 200,
    mode,
    nodes: number("nodes", 1),
    workers: number("workers", 1),
    output,
    stopAtFirst: values["stop-at-first"] === true,
    traces: values["no-traces"] !== true,
    leaveOut: numbersOf("--leave-out", values["leave-out"]) ?? [],
    only: numbersOf("--only", values.only),
  };
}

const isMode = (text: string): text is Mode => (MODES as readonly string[]).includes(text);

const numbersOf = (option: string, list: string | undefined): readonly number[] | undefined =>
  list?.split(",").map((text) => numberOf(option, text, 0));

function numberOf(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`${option} takes whole numbers from ${least} on, not ${text}`);
  return value;
}
