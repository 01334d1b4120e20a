import type { Clock } from "../../ports/clock.ts";

export interface RetryOptions {
  readonly clock: Clock;
  /** How often at most, the first time included. */
  readonly attempts?: number;
  /** From 0 up to 1: spreads out those who failed together. */
  readonly random?: () => number;
}

export const DEFAULT_ATTEMPTS = 3;
const FIRST_PAUSE_MILLISECONDS = 200;

/**
 * Tries again, in own time, what can be tried again: exponential pauses with jitter (AWS General Reference, "Retry
 * behavior"). For reads, and for writes that may happen twice; never for what releases.
 */
export async function retrying<T>(
  { clock, attempts = DEFAULT_ATTEMPTS, random = Math.random }: RetryOptions,
  isWorthIt: (thrown: unknown) => boolean,
  call: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (thrown) {
      if (attempt >= attempts || !isWorthIt(thrown)) throw thrown;
      await clock.sleep(pauseAfter(attempt, random));
    }
  }
}

/** The pause after the nth attempt, from 1. */
export function pauseAfter(attempt: number, random: () => number): number {
  return FIRST_PAUSE_MILLISECONDS * 2 ** (attempt - 1) * (1 + random());
}
