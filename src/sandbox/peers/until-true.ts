import { setTimeout as sleep } from "node:timers/promises";

const LOOK_MILLISECONDS = 50;
const PATIENCE_MILLISECONDS = 30_000;

/** Waits, in real time, for what a server does by itself. Throws where it doesn't. */
export async function untilTrue(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MILLISECONDS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(LOOK_MILLISECONDS);
  }
}
