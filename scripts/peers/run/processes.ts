import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** A process, so that no other one which got its number later is taken for it. */
export interface Identity {
  readonly name: string;
  /** Also the number of its process group: each process that is started here leads one. */
  readonly pid: number;
  /** When it began, in words of the system. */
  readonly began: string;
}

export function identify(name: string, pid: number): Identity {
  return { name, pid, began: beginningOf(pid) ?? "" };
}

export function lives({ pid, began }: Identity): boolean {
  const now = beginningOf(pid);
  return now !== undefined && now === began;
}

/** Undefined where there is no such process, or it has ended and only waits for its parent to notice. */
function beginningOf(pid: number): string | undefined {
  if (existsSync("/proc/self/stat")) {
    try {
      // proc_pid_stat(5): state is the 3rd field, starttime the 22nd; the 2nd is in brackets and may hold anything.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return fields[0] === "Z" ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** How long a process has to end by itself: what it would save is thrown away anyway. */
const POLITE_MILLISECONDS = 3_000;

/** Ends the process and what it started: asks first, then insists. Returns when it is gone. */
export async function end(identity: Identity, politeMilliseconds = POLITE_MILLISECONDS): Promise<void> {
  const askedAt = Date.now();
  let isAsked = false;
  while (lives(identity)) {
    if (!isAsked) signal(identity, "SIGTERM");
    isAsked = true;
    if (Date.now() - askedAt > politeMilliseconds) signal(identity, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // What it left of its group, e.g. a worker that outlived it.
  if (isAsked) signal(identity, "SIGKILL");
}

function signal({ pid }: Identity, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
