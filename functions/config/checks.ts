import { sweepMilliseconds } from "./sweep-time.ts";
import type { Values, VariableName } from "./variables.ts";

/** A rule that binds several variables. */
export interface Check {
  readonly reads: readonly VariableName[];
  readonly holds: (values: Values) => boolean;
  readonly rule: string;
}

/** Lambda ends a function after so many seconds (Lambda quotas), so no reclaimer renews a lease for longer. */
const LONGEST_FUNCTION_SECONDS = 900;

/** Lambda's advice for a queue that feeds a function (Lambda guide, "Using Lambda with Amazon SQS", queue configuration). */
const VISIBILITY_FACTOR = 6;

export const CHECKS: readonly Check[] = [
  {
    reads: ["RECLAIMER_LEASE_SECONDS", "RECLAIMER_TOMBSTONE_SECONDS"],
    holds: (values) =>
      values.RECLAIMER_LEASE_SECONDS + LONGEST_FUNCTION_SECONDS < values.RECLAIMER_TOMBSTONE_SECONDS,
    rule: `a lease with its renewals (${LONGEST_FUNCTION_SECONDS} s, the longest a function lives) must end before a tombstone does`,
  },
  {
    reads: ["RECLAIMER_QUEUE_VISIBILITY_SECONDS", "RECLAIMER_SWEEP_TIMEOUT_SECONDS"],
    holds: (values) =>
      values.RECLAIMER_QUEUE_VISIBILITY_SECONDS >= VISIBILITY_FACTOR * values.RECLAIMER_SWEEP_TIMEOUT_SECONDS,
    rule: `the queue must hide a message for at least ${VISIBILITY_FACTOR} times the sweep's timeout`,
  },
  {
    reads: [
      "RECLAIMER_SWEEP_TIMEOUT_SECONDS",
      "RECLAIMER_HAND_OVER_SECONDS",
      "RECLAIMER_LEASE_SECONDS",
      "RECLAIMER_REQUEST_TIMEOUT_MILLISECONDS",
    ],
    holds: (values) =>
      values.RECLAIMER_SWEEP_TIMEOUT_SECONDS * 1000 >
      sweepMilliseconds({
        handOverSeconds: values.RECLAIMER_HAND_OVER_SECONDS,
        leaseSeconds: values.RECLAIMER_LEASE_SECONDS,
        requestTimeoutMilliseconds: values.RECLAIMER_REQUEST_TIMEOUT_MILLISECONDS,
      }),
    rule: "the sweep's timeout must be longer than a hand-over, a lease and the requests around them",
  },
  {
    reads: ["RECLAIMER_REQUEST_SECONDS", "RECLAIMER_HAND_OVER_SECONDS"],
    holds: (values) => values.RECLAIMER_REQUEST_SECONDS > values.RECLAIMER_HAND_OVER_SECONDS,
    rule: "a hand-over request must stand for longer than its answer is waited for",
  },
  {
    reads: ["RECLAIMER_LEASE_SECONDS", "RECLAIMER_REQUEST_TIMEOUT_MILLISECONDS"],
    holds: (values) =>
      values.RECLAIMER_LEASE_SECONDS * 1000 >= 3 * values.RECLAIMER_REQUEST_TIMEOUT_MILLISECONDS,
    rule: "a lease must be at least three times a request's timeout, or no request may be sent under it",
  },
  {
    reads: ["RECLAIMER_RETRY_SECONDS", "RECLAIMER_LEASE_SECONDS"],
    holds: (values) => values.RECLAIMER_RETRY_SECONDS >= values.RECLAIMER_LEASE_SECONDS,
    rule: "a message must be held back for at least a lease, or a dead reclaimer's lease is never seen unchanged for its whole term",
  },
];
