import type { Settings } from "../../src/reclaimer/settings.ts";

/** Reads before the world is stopped and writes after it: as many requests as may each take their full time. */
const REQUESTS_AROUND_A_LEASE = 4;

/**
 * The least time, in milliseconds, that must be left to an invocation which starts a sweep: wait for the hand-over, one
 * whole lease, and the requests around them. With less, the function would be killed holding the node's lease, and the
 * node's Pods would wait for it to expire.
 */
export function sweepMilliseconds(
  settings: Pick<Settings, "handOverSeconds" | "leaseSeconds" | "requestTimeoutMilliseconds">,
): number {
  return (
    (settings.handOverSeconds + settings.leaseSeconds) * 1000 +
    REQUESTS_AROUND_A_LEASE * settings.requestTimeoutMilliseconds
  );
}
