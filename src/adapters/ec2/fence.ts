import type { Clock } from "../../ports/clock.ts";
import type { ReleaseAnswer } from "../../ports/cloud.ts";
import type { ServerTime } from "./server-time.ts";

type NotSent = Extract<ReleaseAnswer, { readonly kind: "not-sent" }>;

/** Thrown where a request that releases must not leave. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly why: NotSent["why"];
  constructor(why: NotSent["why"], options?: ErrorOptions) {
    super(`not sent: ${why}`, options);
    this.why = why;
  }
}

/** What one request needs: all in own time, milliseconds. */
export interface Fence {
  /** The request must be over before this. */
  readonly notAfter: number;
  /** How long it may take, and what is left for a clock that is read late or set a little. */
  readonly requestTimeoutMilliseconds: number;
  readonly marginMilliseconds: number;
}

/**
 * True when a request at that time is surely over before its fence. Asked of the time that was signed and of own time: a function
 * that was frozen between the check and the signing signs with a fresh date, one frozen after the signing holds an old one.
 */
export function isInTime(fence: Fence, at: number): boolean {
  return at + fence.requestTimeoutMilliseconds + fence.marginMilliseconds <= fence.notAfter;
}

/**
 * Throws a {@link Refusal} where a request may not leave now. Every releaser asks it before signing, after it, and one tick
 * before the first byte.
 *
 * @param signed the time that was signed, milliseconds; undefined before
 */
export function lookAtFence(
  fence: Fence,
  { clock, serverTime }: { readonly clock: Clock; readonly serverTime: Pick<ServerTime, "isNearOwn"> },
  signed: number | undefined,
): void {
  if (!serverTime.isNearOwn()) throw new Refusal("clock-skew");
  if (!isInTime(fence, clock.now())) throw new Refusal("deadline");
  if (signed !== undefined && !isInTime(fence, signed)) throw new Refusal("deadline");
}

const SIGNED_AT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/**
 * When a request was signed, milliseconds since the epoch: its X-Amz-Date, which the signature covers (AWS General
 * Reference, "Elements of an AWS API request signature"). Undefined where it isn't signed.
 */
export function signedAt(headers: Readonly<Record<string, string | undefined>>): number | undefined {
  if (headers["authorization"] === undefined) return undefined;
  const parts = SIGNED_AT.exec(headers["x-amz-date"] ?? "");
  return parts === null ? undefined : Date.parse(parts[0].replace(SIGNED_AT, "$1-$2-$3T$4:$5:$6Z"));
}
