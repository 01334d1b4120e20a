import type { Clock } from "../../ports/clock.ts";

/** Time of a sandbox's world: everybody in it sleeps by the same one. */
export interface SandboxClock extends Clock {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** For a server that answers late. */
  readonly sleepAsServer: (milliseconds: number) => Promise<void>;
  /** For what only goes on beside the work: it never hurries time on. */
  readonly sleepInBackground: (milliseconds: number) => Promise<void>;
  /** Lets time pass at once, and wakes who slept shorter. */
  advance(milliseconds: number): void;
  stop(): void;
}
