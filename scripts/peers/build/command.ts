import { spawn, spawnSync } from "node:child_process";
import { getPriority, setPriority } from "node:os";

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Niceness of builds. Who is nicer already stays so. */
const BELOW_OTHERS = 10;

/** Runs a command to its end, below others' priority. Throws with the end of its output where it fails. */
export async function run(command: string, args: readonly string[], options: CommandOptions): Promise<void> {
  const { cwd, env, signal } = options;
  signal.throwIfAborted();
  // A group of its own: what it starts (compilers) ends with it.
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  if (child.pid !== undefined && getPriority() < BELOW_OTHERS) setPriority(child.pid, BELOW_OTHERS);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part: Buffer) => {
      output = (output + part.toString("utf8")).slice(-8_000);
    });
  const kill = () => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  signal.addEventListener("abort", kill);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${output.trimEnd()}`);
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

/** What a command prints, undefined where it can't be run or fails. */
export function outputOf(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return status === 0 ? stdout.trim() : undefined;
}
