import type { Invocation } from "./invocation.ts";

/** A sweep that can't be over before Lambda kills the function isn't started. */
export class TooLittleTime extends Error {
  override readonly name = "TooLittleTime";
}

/** Whether one more sweep can be over before Lambda kills the function. Without Lambda nothing ends. */
export function hasTime(context: Invocation, neededMilliseconds: number): boolean {
  const left = context.getRemainingTimeInMillis?.();
  return left === undefined || left >= neededMilliseconds;
}

/** Throws {@link TooLittleTime} where Lambda says that less is left than a sweep needs. Without Lambda nothing ends. */
export function requireTime(context: Invocation, neededMilliseconds: number): void {
  const left = context.getRemainingTimeInMillis?.();
  if (left !== undefined && left < neededMilliseconds)
    throw new TooLittleTime(
      `${left} ms are left of this invocation and a sweep needs ${neededMilliseconds} ms`,
    );
}
