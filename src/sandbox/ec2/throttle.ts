import { Ec2Error } from "./errors.ts";

/** A token bucket: how many tokens it holds, and how many come back each second. */
export interface Bucket {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/**
 * EC2 Developer Guide, "Request throttling for the Amazon EC2 API" (tables "Request token bucket sizes and refill
 * rates" and "Resource token bucket sizes and refill rates"). Buckets are by account and Region, one for each action.
 */
const NON_MUTATING: Bucket = { capacity: 100, refillPerSecond: 20 };
const UNFILTERED: Bucket = { capacity: 50, refillPerSecond: 10 };
const MUTATING: Bucket = { capacity: 50, refillPerSecond: 5 };
const UNFILTERED_ACTIONS = new Set(["DescribeInstances", "DescribeNetworkInterfaces"]);

const OWN: Readonly<Record<string, Bucket>> = {
  AssignPrivateIpAddresses: { capacity: 100, refillPerSecond: 5 },
  UnassignPrivateIpAddresses: { capacity: 100, refillPerSecond: 5 },
  CreateNetworkInterface: { capacity: 100, refillPerSecond: 5 },
  DeleteNetworkInterface: { capacity: 100, refillPerSecond: 5 },
  ModifyNetworkInterfaceAttribute: { capacity: 100, refillPerSecond: 5 },
  CreateTags: { capacity: 100, refillPerSecond: 10 },
  DeleteTags: { capacity: 100, refillPerSecond: 10 },
  TerminateInstances: { capacity: 100, refillPerSecond: 5 },
  StartInstances: { capacity: 5, refillPerSecond: 2 },
};

const RESOURCES: Readonly<Record<string, Bucket>> = {
  TerminateInstances: { capacity: 1000, refillPerSecond: 20 },
  StartInstances: { capacity: 1000, refillPerSecond: 2 },
  StopInstances: { capacity: 1000, refillPerSecond: 20 },
};

export interface ThrottledRequest {
  readonly action: string;
  /** Neither pagination nor a filter: such requests draw on a smaller bucket. That IDs count as a filter is unverified. */
  readonly isUnfiltered: boolean;
  /** How many resources the request acts on, for actions that have a resource bucket. */
  readonly resources: number;
}

export class Throttle {
  readonly #clock: () => number;
  readonly #overrides: Readonly<Record<string, Bucket>>;
  readonly #levels = new Map<string, { tokens: number; at: number }>();

  constructor(clock: () => number, overrides: Readonly<Record<string, Bucket>> = {}) {
    this.#clock = clock;
    this.#overrides = overrides;
  }

  /** Takes the request's tokens or refuses it. The status 503 is EC2's for RequestLimitExceeded (error codes page). */
  admit({ action, isUnfiltered, resources }: ThrottledRequest): void {
    const unfiltered = isUnfiltered && UNFILTERED_ACTIONS.has(action);
    const bucket = unfiltered
      ? UNFILTERED
      : (this.#overrides[action] ?? OWN[action] ?? (action.startsWith("Describe") ? NON_MUTATING : MUTATING));
    this.#take(unfiltered ? `${action} unfiltered` : action, bucket, 1);
    const resource = RESOURCES[action];
    if (resource !== undefined) this.#take(`${action} resources`, resource, resources);
  }

  #take(name: string, { capacity, refillPerSecond }: Bucket, count: number): void {
    const now = this.#clock();
    const level = this.#levels.get(name) ?? { tokens: capacity, at: now };
    const tokens = Math.min(capacity, level.tokens + (Math.max(0, now - level.at) * refillPerSecond) / 1000);
    if (tokens < count) {
      this.#levels.set(name, { tokens, at: now });
      throw new Ec2Error("RequestLimitExceeded", "Request limit exceeded.", 503);
    }
    this.#levels.set(name, { tokens: tokens - count, at: now });
  }
}
