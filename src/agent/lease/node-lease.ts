import {
  type Acquisition,
  handedOver,
  isFree,
  isUnchanged,
  lastAllocator,
  microTime,
  newLease,
  renewed,
  seen,
  taken,
  termSeconds,
} from "../../domain/node-lease.ts";
import type { StoredLease } from "../../domain/objects/lease.ts";
import { ANNOTATION, SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { AgentPorts, HeldLock } from "../ports.ts";
import { NodeNote } from "./lock-note.ts";
import { RequestsSeen } from "./requests-seen.ts";

export type AgentKind = "ipamd" | "cni";

export type Try = { readonly held: true } | { readonly held: false; readonly why: string };

type Ports = Pick<AgentPorts, "leases" | "clock" | "identities" | "host">;

interface Held {
  readonly identity: string;
  readonly lease: StoredLease;
  /** Own time from before the request that took or renewed it: nothing of ours is sent after. */
  readonly endsAt: number;
}

const TRIES = 4;
/** A shorter term of a reclaimer's was put there by hand: it would rob one that works. */
const LEAST_TERM_SECONDS = 60;

/**
 * The node lease as an allocator sees it (design §4.3, §4.5). Taken by compare-and-swap under an identity that never comes
 * twice (H24); taken over from somebody else only where it stood unchanged over its whole term in own time, and at once
 * from dead processes of this very machine, for whoever calls this holds the machine's lock file (H71).
 */
export class NodeLease {
  readonly requests: RequestsSeen;
  /** What the machine's lock file says. */
  readonly note: NodeNote;
  readonly #ports: Ports;
  readonly #kind: AgentKind;
  readonly #leaseSeconds: number;
  #held: Held | undefined;
  #isMemoryDoubtful = false;
  #hasMemoryGoneBack = false;

  constructor(ports: Ports, kind: AgentKind, leaseSeconds: number, lock: HeldLock) {
    this.#ports = ports;
    this.#kind = kind;
    this.#leaseSeconds = leaseSeconds;
    this.note = new NodeNote(lock);
    this.requests = new RequestsSeen(ports.clock, this.note);
  }

  /** Whether it is ours, by own time. */
  get isHeld(): boolean {
    return this.notAfter > this.#ports.clock.now();
  }

  /** Own time after which nothing of ours may be under way, milliseconds since the epoch. */
  get notAfter(): number {
    return this.#held?.endsAt ?? 0;
  }

  /** The identity of this acquisition; empty while there is none. */
  get identity(): string {
    return this.#held?.identity ?? "";
  }

  /** Etcd did not know this node's last acquisition when the lease was taken: what it says of pools may be old (H61). */
  get isMemoryDoubtful(): boolean {
    return this.#isMemoryDoubtful;
  }

  /** The same, and the node remembers that there was one: etcd has gone back, or never heard of it. */
  get hasMemoryGoneBack(): boolean {
    return this.#hasMemoryGoneBack;
  }

  /**
   * The node's sweepEpoch as etcd has it now. A lower one than the last release's was read from an etcd that has gone back within
   * an acquisition, by which alone that couldn't be told.
   */
  sawEpoch(epoch: number): void {
    const { epoch: released } = this.note.now;
    if (released === undefined || epoch >= released) return;
    this.#isMemoryDoubtful = true;
    this.#hasMemoryGoneBack = true;
  }

  /** To be said before an address is given back, and after the bump. */
  async releasesAt(epoch: number): Promise<void> {
    await this.note.change({ epoch });
  }

  /**
   * What was doubtful has been held against EC2, and written.
   *
   * @param epoch the sweepEpoch of what was written
   * @param lookAgainAt when it is to be held against EC2 once more, API-server time, milliseconds since the epoch
   */
  async trustMemory(epoch: number, lookAgainAt: number | undefined): Promise<void> {
    await this.note.change({ identity: this.identity, watched: undefined, epoch, lookAgainAt });
    this.#isMemoryDoubtful = false;
    this.#hasMemoryGoneBack = false;
  }

  /** From now on it is not ours, whatever the object says. The next acquisition replaces it. */
  drop(): void {
    this.#held = undefined;
  }

  /** Reads the lease and takes note of who asks for it. */
  async look(): Promise<StoredLease | undefined> {
    const found = await this.#ports.leases.get(this.#ports.host.nodeName);
    if (!found.found) return undefined;
    if (!found.object.readable) throw new ClusterError("unreadable", `the node lease: ${found.object.why}`);
    await this.requests.note(found.object.object);
    return found.object.object;
  }

  /**
   * One try to have the lease, without waiting.
   *
   * @param toHandOver acquires also while somebody asks, for the report and nothing else
   */
  async tryAcquire(toHandOver = false): Promise<Try> {
    if (this.isHeld) return { held: true };
    this.drop();
    const lease = await this.look();
    if (!toHandOver && this.requests.isAnyFresh) return busy("the node's world is being stopped");
    if (lease !== undefined && !(await this.#mayTake(lease)))
      return busy(`${lease.spec.holderIdentity} holds the node lease`);
    await this.#rememberBefore(lease);
    return this.#take(lease);
  }

  /** Renews when less than half of the term is left. False: it is lost, and everything stops. */
  async keep(): Promise<boolean> {
    const now = this.#ports.clock.now();
    if (this.#held === undefined || now >= this.#held.endsAt) return false;
    if (this.#held.endsAt - now > this.#leaseSeconds * 500) return true;
    try {
      return await this.#renew(this.#held, now);
    } catch (error) {
      // What is left of the term is ours all the same.
      if (error instanceof ClusterError) return this.isHeld;
      throw error;
    }
  }

  /** Whether the object still names this acquisition. */
  async confirm(): Promise<boolean> {
    const lease = await this.look();
    if (this.#held === undefined) return false;
    if (lease?.spec.holderIdentity === this.#held.identity) {
      this.#held = { ...this.#held, lease };
      return this.isHeld;
    }
    this.drop();
    return false;
  }

  /**
   * Gives it back, every request answered. The report has been written before. After this the acquisition is over, whatever
   * the answer: nothing may be done any more under what was reported.
   */
  async handOver(): Promise<void> {
    const held = this.#held;
    this.drop();
    if (held === undefined) return;
    let { lease } = held;
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        const answer = await this.#ports.leases.replace(handedOver(this.requests.withoutExpired(lease)));
        if (answer.outcome !== "conflict") return;
      } catch (error) {
        if (tries === TRIES - 1) throw error;
      }
      const now = await this.look();
      if (now?.spec.holderIdentity !== held.identity) return;
      lease = now;
    }
  }

  async #renew(held: Held, now: number): Promise<boolean> {
    let { lease } = held;
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await this.#ports.leases.replace(
        renewed(this.requests.withoutExpired(lease), microTime(now)),
      );
      if (answer.outcome === "replaced") {
        this.#held = { ...held, lease: answer.object, endsAt: now + this.#leaseSeconds * 1000 };
        return true;
      }
      // Somebody wrote to it, a request most often: it is still ours if it still names us.
      if (!(await this.confirm()) || this.#held === undefined) return false;
      lease = this.#held.lease;
    }
    return this.isHeld;
  }

  async #mayTake(lease: StoredLease): Promise<boolean> {
    if (isFree(lease) || this.#isOfThisMachine(lease.spec.holderIdentity ?? "")) return true;
    const now = this.#ports.clock.now();
    const { watched } = this.note.now;
    if (watched === undefined || !isUnchanged(lease, watched.lease) || watched.at > now) {
      await this.note.change({ watched: { lease: seen(lease), at: now } });
      return false;
    }
    const least = isAgent(watched.lease.holder) ? this.#leaseSeconds : LEAST_TERM_SECONDS;
    return now - watched.at >= termSeconds(watched.lease, least) * 1000;
  }

  /** Its own dead: agents of this node on this instance, for another machine of the name has another lock file. */
  #isOfThisMachine(identity: string): boolean {
    const [, node, instance] = identity.split("/");
    const { nodeName, instanceID } = this.#ports.host;
    return isAgent(identity) && node === nodeName && instance === instanceID;
  }

  async #rememberBefore(lease: StoredLease | undefined): Promise<void> {
    const { identity } = this.note.now;
    const last = lease === undefined ? undefined : lastAllocator(lease);
    if (identity === last && identity !== undefined) return;
    this.#isMemoryDoubtful = true;
    this.#hasMemoryGoneBack ||= identity !== undefined;
  }

  async #take(lease: StoredLease | undefined): Promise<Try> {
    const { leases, clock, identities, host } = this.#ports;
    const identity = `${this.#kind}/${host.nodeName}/${host.instanceID}/${identities.unique()}`;
    // While etcd's memory is in doubt the old note stays: the next process must doubt, too.
    if (!this.#isMemoryDoubtful) await this.note.change({ identity, watched: undefined });
    const sentAt = clock.now();
    const by: Acquisition = { identity, leaseSeconds: this.#leaseSeconds, time: microTime(sentAt) };
    try {
      const answer =
        lease === undefined
          ? await leases.create(newAllocatorLease(host.nodeName, by))
          : await leases.replace(taken(this.requests.withoutExpired(lease), by, true));
      if (answer.outcome !== "created" && answer.outcome !== "replaced")
        return busy("somebody else was faster at the node lease");
      return this.#nowHeld(answer.object, identity, sentAt);
    } catch (error) {
      if (!(error instanceof ClusterError) || error.kind !== "unclear") throw error;
      // It may have happened: the lease itself tells.
      const now = await this.look();
      return now?.spec.holderIdentity === identity
        ? this.#nowHeld(now, identity, sentAt)
        : busy("the node lease could not be taken");
    }
  }

  #nowHeld(lease: StoredLease, identity: string, sentAt: number): Try {
    this.#held = { lease, identity, endsAt: sentAt + this.#leaseSeconds * 1000 };
    return { held: true };
  }
}

const isAgent = (identity: string): boolean => /^(ipamd|cni)\//.test(identity);

const busy = (why: string): Try => ({ held: false, why });

function newAllocatorLease(nodeName: string, by: Acquisition) {
  const lease = newLease(SYSTEM_NAMESPACE, nodeName, by);
  const annotations = { [ANNOTATION.lastAllocator]: by.identity };
  return { ...lease, metadata: { ...lease.metadata, annotations } };
}
