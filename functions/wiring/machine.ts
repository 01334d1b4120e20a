import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, Identities } from "../../src/ports/clock.ts";

/**
 * Own time that never stands still and never steps back. The wall clock may be set back; the steady one may stand still while the
 * machine is frozen (Lambda guide, "Lambda execution environment lifecycle"): deadlines go by whichever has moved on further.
 *
 * @param wall milliseconds since the epoch
 * @param steady milliseconds since whenever
 */
export function steadied(wall: () => number, steady: () => number): () => number {
  let latest = wall();
  let at = steady();
  return () => {
    const now = steady();
    latest = Math.max(wall(), latest + (now - at));
    at = now;
    return latest;
  };
}

/** This machine's own time. */
export const machineClock: Clock = {
  now: steadied(
    () => Date.now(),
    () => performance.now(),
  ),
  sleep: async (milliseconds) => {
    await sleep(Math.max(0, milliseconds));
  },
};

export const randomIdentities: Identities = { unique: () => randomUUID() };
