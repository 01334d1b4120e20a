import { type LeaseSpecSeen, termSeconds } from "../../domain/node-lease.ts";
import type { SweepMessage } from "../../ports/queue.ts";
import { leastTermSeconds } from "../node-lease/acquire.ts";
import type { SweepOutcome } from "../requests.ts";
import type { Settings, SweepPorts } from "../settings.ts";
import { giveUp, leaveForLater } from "./give-up.ts";

/** SQS holds a message back for 15 minutes at most (SQS API reference, SendMessage, DelaySeconds). */
const LONGEST_DELAY_SECONDS = 900;
/**
 * With delays that double from a minute to a quarter of an hour: three quarters of an hour. A reclaimer that lives gives its lease
 * back within its function's life, 15 minutes (Lambda quotas), and the term of one that died ends.
 */
const MAXIMUM_WAITS = 6;
/** Half an hour. */
const MAXIMUM_TRIES = 5;

/** A node whose world could not be stopped, or of which nothing could be proved. */
export interface Unswept {
  readonly message: SweepMessage;
  /** The lease that was in the way, and for how long it is known to have stood so. */
  readonly observed?: { readonly lease: LeaseSpecSeen; readonly unchangedSeconds: number };
  /** The allocator of a living instance did not answer, or nothing could be proved: that counts; anything else does not. */
  readonly isFruitless: boolean;
  /** For people. */
  readonly why: string;
  readonly instanceID: string | undefined;
}

/**
 * Acknowledges the message and sends it again with delay: a busy node never goes the way to the DLQ. The delay is what
 * lets the next delivery tell a dead holder by its unchanged lease. After three fruitless tries the node is kept and alarmed,
 * and its marks go, so that nothing asks again before the next daily run.
 */
export async function askLater(
  ports: SweepPorts,
  settings: Settings,
  unswept: Unswept,
): Promise<SweepOutcome> {
  const { message, observed, isFruitless, why, instanceID } = unswept;
  const attempt = message.attempt + (isFruitless ? 1 : 0);
  ports.notices.count("SweepBusy", 1);
  const { node } = message;
  if (attempt >= settings.maximumAttempts) return giveUp(ports, settings, { node, why, instanceID });
  if (resentOf(message) >= MAXIMUM_WAITS) return leaveForLater(ports, settings, { node, why });
  const left =
    observed === undefined
      ? 0
      : termSeconds(observed.lease, leastTermSeconds(settings)) - observed.unchangedSeconds + 1;
  const again = againWith(message, attempt, settings, left);
  const seen =
    observed === undefined
      ? {}
      : { observed: observed.lease, unchangedSeconds: Math.floor(observed.unchangedSeconds) };
  await ports.queue.send([{ ...again, ...seen }]);
  return "sent-again";
}

/** What stopped a sweep in its middle goes by itself, most often: it is tried again, each time later, and not for ever. */
export async function tryLater(
  ports: SweepPorts,
  settings: Settings,
  { message, why }: Pick<Unswept, "message" | "why">,
): Promise<SweepOutcome> {
  if (resentOf(message) >= MAXIMUM_TRIES) return leaveForLater(ports, settings, { node: message.node, why });
  await ports.queue.send([againWith(message, message.attempt, settings)]);
  return "sent-again";
}

const resentOf = ({ resent = 0 }: SweepMessage): number => resent;

/** The next message: each later than the one before, and not before a term that is waited for can be over. */
function againWith(
  message: SweepMessage,
  attempt: number,
  { retrySeconds }: Settings,
  leastSeconds = 0,
): SweepMessage {
  const { node, run } = message;
  const resent = resentOf(message);
  const seconds = Math.max(retrySeconds * 2 ** resent, leastSeconds);
  const delaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.ceil(seconds));
  return { node, run, attempt, delaySeconds, resent: resent + 1 };
}
