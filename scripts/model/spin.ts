import { type ChildProcess, execFile } from "node:child_process";
import { copyFile, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "./checks.ts";
import { type Event, eventsOf, type Verified, verified } from "./output.ts";

export interface Ran {
  readonly check: Check;
  /** Undefined where the verifier could not be made or did not end: `text` says why. */
  readonly verified: Verified | undefined;
  readonly events: readonly Event[];
  readonly text: string;
}

interface Finished {
  readonly text: string;
  /** Undefined where the program isn't there. */
  readonly code: number | undefined;
}

/** How the verifier is compiled and called, by search. Source: spinroot.com/spin/Man/Pan.html */
const COMPILE: Readonly<Record<Check["search"], readonly string[]>> = {
  exhaustive: ["-DCOLLAPSE", "-DMEMLIM=5500"],
  shortest: ["-DSAFETY", "-DBFS", "-DCOLLAPSE", "-DMEMLIM=5500"],
  bitstate: ["-DSAFETY", "-DBITSTATE", "-DMEMLIM=3000"],
};
const CALL: Readonly<Record<Check["search"], readonly string[]>> = {
  exhaustive: ["-m3000000", "-w25"],
  shortest: ["-w23"],
  bitstate: ["-m1000000", "-w32", "-k3"],
};

/** Runs one check in a folder of its own below `scratch`. */
export async function runCheck(check: Check, model: string, scratch: string): Promise<Ran> {
  const folder = await mkdtemp(join(scratch, "check-"));
  await copyFile(model, join(folder, "protocol.pml"));
  const macros = check.macros.map((macro) => `-D${macro}`);
  const isProgress = check.kind === "progress";
  const made = await run("spin", [...macros, "-a", "protocol.pml"], folder);
  if (made.code !== 0) return failed(check, made.text);
  const compile = [...COMPILE[check.search], ...(isProgress ? ["-DNFAIR=3"] : ["-DSAFETY", "-DNOFAIR"])];
  const compiled = await run("gcc", ["-O2", "-w", ...new Set(compile), "-o", "pan", "pan.c"], folder);
  if (compiled.code !== 0) return failed(check, compiled.text);
  const call = [
    ...CALL[check.search],
    ...(check.formula === undefined ? [] : ["-a", "-f", "-N", check.formula]),
    ...(check.minutes === undefined ? [] : [`-Q${check.minutes}`]),
  ];
  const { text } = await run("./pan", call, folder);
  const result = verified(text);
  const hasTrail = (result?.errors ?? 0) > 0;
  const replay = hasTrail
    ? await run("spin", [...macros, "-t", "-T", "-B", "protocol.pml"], folder)
    : undefined;
  return { check, verified: result, events: eventsOf(replay?.text ?? ""), text };
}

/** Whether a program is there at all. */
export async function isThere(program: string, argument: string): Promise<boolean> {
  return (await run(program, [argument], ".")).code !== undefined;
}

const failed = (check: Check, text: string): Ran => ({ check, verified: undefined, events: [], text });

const running = new Set<ChildProcess>();

/** Ends what still runs: nothing is left behind when the command is interrupted. */
export function endAll(): void {
  for (const child of running) child.kill();
}

function run(program: string, args: readonly string[], cwd: string): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { cwd, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      running.delete(child);
      const isMissing = error !== null && "code" in error && error.code === "ENOENT";
      const code = error === null ? 0 : 1;
      resolve({ text: `${stdout}${stderr}`, code: isMissing ? undefined : code });
    });
    running.add(child);
  });
}
