import type { Invocation } from "./invocation.ts";

/** A sweep that can't be over before Lambda kills the function isn't started. */
export class TooLittleTime extends Error {
  override readonly name = "TooLittleTime";
}

/** Throws {@link TooLittleTime} where Lambda says that less is left than a sweep needs. Without Lambda nothing ends. */
export function requireTime(context: Invocation, neededMilliseconds: number): void {
  const left = context.getRemainingTimeInMillis?.();
  if (left !== undefined && left < neededMilliseconds)
    throw new TooLittleTime(
      `${left} ms are left of this invocation and a sweep needs ${neededMilliseconds} ms`,
    );
}
