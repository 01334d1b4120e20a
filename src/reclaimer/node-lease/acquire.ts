import {
  type Acquisition,
  givenBack,
  isFree,
  isUnchanged,
  type LeaseSpecSeen,
  microTime,
  newLease,
  seen,
  taken,
  termSeconds,
} from "../../domain/node-lease.ts";
import type { StoredLease } from "../../domain/objects/lease.ts";
import { SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { Settings, SweepPorts } from "../settings.ts";
import { HeldLease } from "./held-lease.ts";
import { OwnRequests } from "./own-requests.ts";

/** Who is asked, and what an earlier delivery of the same message saw. */
export interface AcquireRequest {
  readonly node: string;
  readonly run: string;
  /** A living ipamd answers even when it is idle; nobody else does. */
  readonly expectsAnswer: boolean;
  /** The lease as an earlier delivery found it, and how long the queue held this one back since. */
  readonly before?: { readonly lease: LeaseSpecSeen; readonly elapsedSeconds: number };
}

export type Acquired =
  /** `answered`: the allocator handed over to this very request, so its node lives. */
  | {
      readonly outcome: "held";
      readonly lease: HeldLease;
      readonly answered: boolean;
      readonly askedAt: number;
    }
  /** Somebody else holds it; undefined where it can't be read. */
  | {
      readonly outcome: "busy";
      readonly observed: LeaseSpecSeen | undefined;
      /** For how long it is known to have stood so: 0 where it is seen for the first time, or has changed since. */
      readonly unchangedSeconds: number;
      readonly holderIsReclaimer: boolean;
    };

/** Default of whoever writes no term, and more than any allocator's. */
const LEAST_TERM_SECONDS = 60;

/** No lease is taken over sooner. */
export const leastTermSeconds = ({ leaseSeconds }: Pick<Settings, "leaseSeconds">): number =>
  Math.max(LEAST_TERM_SECONDS, leaseSeconds);

const IDENTITY_PREFIX = "reclaimer/";
const POLL_MILLISECONDS = [20, 40, 80, 150, 250, 400];
/** Of a lease that is free each time, and that somebody else changes each time. */
const MOST_POLLS = 200;

type Ports = Pick<SweepPorts, "leases" | "clock" | "identities">;

/**
 * Stops the world of one node (design §4.3): takes the lease if it is free, asks for it if it is held, and takes it over
 * only if it stood unchanged over its whole term, as the queue's delay measured it (design §4.5). Nobody sits and waits
 * for a term to end.
 */
export async function acquireNodeLease(
  ports: Ports,
  settings: Settings,
  request: AcquireRequest,
): Promise<Acquired> {
  const attempt = new Attempt(ports, settings, request);
  try {
    return await attempt.run();
  } catch (error) {
    await attempt.withdraw();
    throw error;
  }
}

class Attempt {
  readonly #ports: Ports;
  readonly #settings: Settings;
  readonly #request: AcquireRequest;
  /** When the node's world began to be asked to stop. */
  readonly #askedAt: number;
  readonly #own: OwnRequests;
  /** Names under which the lease was asked to be ours: what became of each may be known much later. */
  readonly #identities = new Set<string>();

  constructor(ports: Ports, settings: Settings, request: AcquireRequest) {
    this.#ports = ports;
    this.#settings = settings;
    this.#request = request;
    this.#askedAt = ports.clock.now();
    this.#own = new OwnRequests(ports, settings);
  }

  async run(): Promise<Acquired> {
    const { clock, leases } = this.#ports;
    for (let poll = 0; ; poll++) {
      const found = await leases.get(this.#request.node);
      if (found.found && !found.object.readable) {
        return { outcome: "busy", observed: undefined, unchangedSeconds: 0, holderIsReclaimer: false };
      }
      const lease = found.found && found.object.readable ? found.object.object : undefined;
      const { isLate } = this.#own;
      const step = await this.#step(lease, isLate);
      if (step !== undefined) return step;
      const isHeld = lease !== undefined && !isFree(lease);
      if ((isLate && isHeld) || poll > MOST_POLLS) return this.#busy(lease);
      await clock.sleep(POLL_MILLISECONDS[Math.min(poll, POLL_MILLISECONDS.length - 1)] ?? 400);
    }
  }

  /** One look at the lease: takes it, asks for it, or (undefined) waits for the next look. */
  async #step(lease: StoredLease | undefined, isLate: boolean): Promise<Acquired | undefined> {
    const { before, expectsAnswer } = this.#request;
    if (lease === undefined) return this.#create();
    const wasAnswered = this.#own.isAnsweredIn(lease);
    if (isFree(lease)) {
      const answered = wasAnswered && !this.#own.isOld;
      if (answered || (isLate && !wasAnswered) || !expectsAnswer) return this.#take(lease, answered);
    } else if (before !== undefined && this.#isOver(lease, before)) {
      return this.#take(lease, false);
    }
    // Answered, and taken again before we looked, or so long ago: nobody stops for a request that was answered.
    if (wasAnswered || !this.#own.standsIn(lease)) await this.#own.ask(lease);
    return undefined;
  }

  #isOver(lease: StoredLease, before: NonNullable<AcquireRequest["before"]>): boolean {
    const term = termSeconds(before.lease, leastTermSeconds(this.#settings));
    return isUnchanged(lease, before.lease) && before.elapsedSeconds >= term;
  }

  async #create(): Promise<Acquired | undefined> {
    const sentAt = this.#ports.clock.now();
    const by = this.#acquisition(sentAt);
    const lease = newLease(SYSTEM_NAMESPACE, this.#request.node, by);
    const answer = await this.#clear(() => this.#ports.leases.create(lease));
    return answer?.outcome === "created"
      ? this.#held(answer.object, sentAt, false)
      : this.#isItOurs(by.identity, sentAt, false);
  }

  async #take(lease: StoredLease, answered: boolean): Promise<Acquired | undefined> {
    const sentAt = this.#ports.clock.now();
    const by = this.#acquisition(sentAt);
    const answer = await this.#clear(() => this.#ports.leases.replace(taken(lease, by, false)));
    return answer?.outcome === "replaced"
      ? this.#held(answer.object, sentAt, answered)
      : this.#isItOurs(by.identity, sentAt, answered);
  }

  /** Each time by another name (H24): one that was not heard of may have been ours, and over again. */
  #acquisition(now: number): Acquisition {
    const identity = `${IDENTITY_PREFIX}${this.#request.run}/${this.#ports.identities.unique()}`;
    this.#identities.add(identity);
    return { identity, leaseSeconds: this.#settings.leaseSeconds, time: microTime(now) };
  }

  /** A write whose answer was lost may have happened: the lease itself tells. */
  async #isItOurs(identity: string, sentAt: number, answered: boolean): Promise<Acquired | undefined> {
    const found = await this.#ports.leases.get(this.#request.node);
    if (!found.found || !found.object.readable) return undefined;
    const lease = found.object.object;
    return lease.spec.holderIdentity === identity ? this.#held(lease, sentAt, answered) : undefined;
  }

  async #clear<T>(write: () => Promise<T>): Promise<T | undefined> {
    try {
      return await write();
    } catch (error) {
      if (error instanceof ClusterError && error.kind === "unclear") return undefined;
      throw error;
    }
  }

  #held(lease: StoredLease, sentAt: number, answered: boolean): Acquired {
    const held = new HeldLease(this.#ports, lease, sentAt, this.#settings.leaseSeconds, this.#own.latest);
    return { outcome: "held", lease: held, answered, askedAt: this.#askedAt };
  }

  async #busy(lease: StoredLease | undefined): Promise<Acquired> {
    await this.withdraw();
    const observed = lease && seen(lease);
    const { before } = this.#request;
    const isSame = lease !== undefined && before !== undefined && isUnchanged(lease, before.lease);
    return {
      outcome: "busy",
      observed,
      unchangedSeconds: isSame ? before.elapsedSeconds : 0,
      holderIsReclaimer: observed?.holder.startsWith(IDENTITY_PREFIX) === true,
    };
  }

  /** Leaves nothing behind: neither the own request nor a lease that an unclear answer may have given us (H23). */
  async withdraw(): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      const found = await this.#ports.leases.get(this.#request.node).catch(() => undefined);
      // What isn't heard is tried again: the lease itself tells what has happened.
      if (found === undefined) continue;
      if (!found.found || !found.object.readable) return;
      const lease = found.object.object;
      const isOurs = this.#identities.has(lease.spec.holderIdentity ?? "");
      if (!isOurs && !this.#own.isAnySent) return;
      const cleared = this.#own.takenOutOf(lease);
      const answer = await this.#ports.leases
        .replace(isOurs ? givenBack(cleared) : cleared)
        .catch(() => undefined);
      if (answer?.outcome === "replaced" || answer?.outcome === "gone") return;
    }
  }
}
