import { spawn } from "node:child_process";
import type { Copy } from "./copy.ts";

/** What became of a mutation. */
export type Outcome =
  | { readonly kind: "killed"; readonly by: string; readonly seed?: number; readonly promise?: string }
  | { readonly kind: "survived" }
  /** The mutation can't be made, or what runs it breaks down: that kills nothing. */
  | { readonly kind: "unusable"; readonly why: string };

/** For what one fence's tests, or its seeds, may take. */
const LIMIT_MILLISECONDS = 10 * 60_000;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node.js in the copy's folder. */
export function run(
  copy: Copy,
  parameters: readonly string[],
  limitMilliseconds = LIMIT_MILLISECONDS,
): Promise<Ended | "too-long"> {
  const child = spawn(process.execPath, parameters, { cwd: copy.root, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  let isTooLong = false;
  child.stdout.on("data", (part: Buffer) => {
    stdout += part;
  });
  child.stderr.on("data", (part: Buffer) => {
    stderr += part;
  });
  const timer = setTimeout(() => {
    isTooLong = true;
    child.kill("SIGKILL");
  }, limitMilliseconds);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(isTooLong ? "too-long" : { code, stdout, stderr });
    });
  });
}
