import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { RunReport } from "../../../src/sandbox/engine/report.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** `npm start` as a process of its own. */
export function begun(...argv: readonly string[]) {
  const child = spawn(process.execPath, ["src/sandbox/main.ts", ...argv], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const told = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    told.out += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    told.err += chunk;
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...told }));
  return { child, told, ended };
}

/** Its exit status and its report. Throws what it said where it gave none. */
export async function played(
  ...argv: readonly string[]
): Promise<{ code: number | null; report: RunReport }> {
  const { code, out, err } = await begun(...argv, "-o", "json").ended;
  if (out === "") throw new Error(`exit status ${code}: ${err}`);
  return { code, report: JSON.parse(out) as RunReport };
}

/** What must not depend on who serves: what was given back, and why. Times differ, and so does what Pods that come and go have. */
export function outcomeOf({ released, orphansDeleted, recordsDropped, heldBack, unknown }: RunReport) {
  return {
    released: released.map(({ ageSeconds: _, ...rest }) => rest),
    orphansDeleted: sorted(orphansDeleted),
    recordsDropped: sorted(recordsDropped),
    heldBack: sorted(heldBack),
    unknown: sorted(unknown),
  };
}

const sorted = <T>(list: readonly T[]): readonly T[] =>
  [...list].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
