import type { Call, CallVerb } from "./calls.ts";
import { ApiError } from "./status.ts";

/** Which calls a fault is for. Everything left out matches all. */
export interface FaultMatch {
  readonly verb?: CallVerb;
  /** As in `Call.resource`. */
  readonly resource?: string;
  readonly name?: string;
  readonly user?: string;
  readonly matching?: (call: Call) => boolean;
  /** Only the nth matching call, from 1. */
  readonly nth?: number;
  /** Each nth matching call. */
  readonly every?: number;
}

export type FaultEffect =
  /** The request waits before it is handled: a time, or until the promise is settled. */
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "delay"; readonly until: Promise<unknown> }
  /** The answer waits after the effect. */
  | { readonly kind: "delay-answer"; readonly ms: number }
  | { readonly kind: "delay-answer"; readonly until: Promise<unknown> }
  /** The connection breaks; nothing has happened. */
  | { readonly kind: "drop-before" }
  /** The connection breaks; it has happened. */
  | { readonly kind: "drop-after" }
  /** An error answer in place of the effect. */
  | {
      readonly kind: "status";
      readonly code: number;
      readonly reason?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  /** A read shows the cluster as it was that long ago. */
  | { readonly kind: "stale"; readonly lagMs: number }
  /** The body ends in the middle, and so does the connection. */
  | { readonly kind: "truncate"; readonly atShare?: number }
  /** The request is handled twice, as when something on the way sends it again; the second answer counts. */
  | { readonly kind: "duplicate" };

export type Fault = FaultMatch & FaultEffect;

/** The faults in force. Several may hit one call. */
export class Faults {
  readonly #faults = new Set<{ readonly fault: Fault; seen: number }>();

  /** Answers how to end the fault. */
  add(fault: Fault): () => void {
    const entry = { fault, seen: 0 };
    this.#faults.add(entry);
    return () => this.#faults.delete(entry);
  }

  clear(): void {
    this.#faults.clear();
  }

  /** No fault is in force. */
  get isQuiet(): boolean {
    return this.#faults.size === 0;
  }

  /** The effects on this call; counts it. */
  on(call: Call): readonly FaultEffect[] {
    const effects: FaultEffect[] = [];
    for (const entry of this.#faults) {
      if (!isFor(entry.fault, call)) continue;
      entry.seen++;
      const { nth, every } = entry.fault;
      if (nth !== undefined && entry.seen !== nth) continue;
      if (every !== undefined && entry.seen % every !== 0) continue;
      effects.push(entry.fault);
    }
    return effects;
  }
}

const isFor = ({ verb, resource, name, user, matching }: FaultMatch, call: Call): boolean =>
  (verb === undefined || verb === call.verb) &&
  (resource === undefined || resource === call.resource) &&
  (name === undefined || name === call.name) &&
  (user === undefined || user === call.user) &&
  (matching === undefined || matching(call));

const usualStatus: Readonly<Record<number, { reason: string; message: string }>> = {
  401: { reason: "Unauthorized", message: "Unauthorized" },
  403: { reason: "Forbidden", message: "forbidden" },
  404: { reason: "NotFound", message: "the server could not find the requested resource" },
  409: {
    reason: "Conflict",
    message: "the object has been modified; please apply your changes to the latest version and try again",
  },
  410: { reason: "Expired", message: "The resourceVersion for the provided list is too old." },
  429: {
    reason: "TooManyRequests",
    message: "the server has received too many requests and has asked us to try again later",
  },
  500: { reason: "InternalError", message: "Internal error occurred: etcdserver: leader changed" },
  503: {
    reason: "ServiceUnavailable",
    message: "the server is currently unable to handle the request",
  },
  504: {
    reason: "Timeout",
    message: "Timeout: request did not complete within the allotted timeout",
  },
};

export function faultError(fault: Extract<FaultEffect, { kind: "status" }>): ApiError {
  const usual = usualStatus[fault.code] ?? { reason: "InternalError", message: "injected fault" };
  // Real 429 answers name a time to come back (pkg/util/flowcontrol sends 1).
  const seconds = fault.retryAfterSeconds ?? (fault.code === 429 ? 1 : undefined);
  return new ApiError(
    fault.code,
    fault.reason ?? usual.reason,
    fault.message ?? usual.message,
    seconds === undefined ? undefined : { retryAfterSeconds: seconds },
  );
}
