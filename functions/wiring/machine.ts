import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, Identities } from "../../src/ports/clock.ts";

/** This machine's own time. */
export const machineClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
};

export const randomIdentities: Identities = { unique: () => randomUUID() };
