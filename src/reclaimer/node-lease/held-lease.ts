import { givenBack, microTime, renewed, withoutRequest } from "../../domain/node-lease.ts";
import type { StoredLease } from "../../domain/objects/lease.ts";
import type { SweepPorts } from "../settings.ts";

const TRIES = 5;

type Ports = Pick<SweepPorts, "leases" | "clock">;

/**
 * The node lease while it is ours. Its end is judged in own time from before the request that took it was sent, so it is
 * never later than what another observer may wait for (design §4.5).
 */
export class HeldLease {
  readonly #ports: Ports;
  readonly #identity: string;
  readonly #leaseMilliseconds: number;
  readonly #requestID: string;
  readonly #startedAt: number;
  /** Asked before this one's acquisition: nothing of ours is sent after. */
  #endsAt: number;
  #lease: StoredLease;
  #isLost = false;

  constructor(ports: Ports, lease: StoredLease, sentAt: number, leaseSeconds: number, requestID: string) {
    this.#ports = ports;
    this.#lease = lease;
    this.#identity = lease.spec.holderIdentity ?? "";
    this.#leaseMilliseconds = leaseSeconds * 1000;
    this.#requestID = requestID;
    this.#startedAt = sentAt;
    this.#endsAt = sentAt + this.#leaseMilliseconds;
  }

  get identity(): string {
    return this.#identity;
  }

  /** As it was when we took or last renewed it. */
  get lease(): StoredLease {
    return this.#lease;
  }

  /** Whether somebody else was seen in its place. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Own time after which nothing of ours may be under way, milliseconds since the epoch. */
  get notAfter(): number {
    return this.#isLost ? 0 : this.#endsAt;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  /** The lease as it is now; undefined where it is ours no more: then it is lost, and nothing of ours is sent. */
  async readNow(): Promise<StoredLease | undefined> {
    if (this.#isLost) return undefined;
    if (await this.#readAgain()) return this.#lease;
    this.#isLost = true;
    return undefined;
  }

  /** Renews when less than half of the term is left. False: it is lost, and everything stops. */
  async keep(maximumMilliseconds: number): Promise<boolean> {
    const now = this.#ports.clock.now();
    if (this.#isLost || now >= this.#endsAt) return false;
    if (now - this.#startedAt > maximumMilliseconds) return false;
    if (this.#endsAt - now > this.#leaseMilliseconds / 2) return true;
    const answer = await this.#ports.leases.replace(renewed(this.#lease, microTime(now)));
    if (answer.outcome === "replaced") {
      this.#lease = answer.object;
      this.#endsAt = now + this.#leaseMilliseconds;
      return true;
    }
    return this.#refresh(now);
  }

  /** Somebody wrote to the lease (a request, most often): it is still ours if it still names us. */
  async #refresh(now: number): Promise<boolean> {
    const found = await this.#ports.leases.get(this.#lease.metadata.name);
    if (
      !found.found ||
      !found.object.readable ||
      found.object.object.spec.holderIdentity !== this.#identity
    ) {
      this.#isLost = true;
      return false;
    }
    const answer = await this.#ports.leases.replace(renewed(found.object.object, microTime(now)));
    if (answer.outcome !== "replaced") return now < this.#endsAt;
    this.#lease = answer.object;
    this.#endsAt = now + this.#leaseMilliseconds;
    return true;
  }

  /**
   * Gives the lease back, only where it still names us. Called after the work has ended, in every path (H23). A write without
   * a clear answer is tried again: it happens to exactly the version that was read, or not at all.
   */
  async giveBack(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await this.#ports.leases.replace(
          givenBack(withoutRequest(this.#lease, this.#requestID)),
        );
        if (answer.outcome !== "conflict" || !(await this.#readAgain())) return;
      } catch (error) {
        if (tries >= TRIES) throw error;
        if (!(await this.#readAgain())) return;
      }
      if (tries >= TRIES) return;
    }
  }

  /** Whether it is still ours, by what is there now. */
  async #readAgain(): Promise<boolean> {
    const found = await this.#ports.leases.get(this.#lease.metadata.name);
    if (!found.found || !found.object.readable) return false;
    const lease = found.object.object;
    if (lease.spec.holderIdentity !== this.#identity) return false;
    this.#lease = lease;
    return true;
  }

  /** Notes something on the lease, where nobody has written to it since: there is a next time. */
  async annotate(note: Readonly<Record<string, string>>): Promise<void> {
    const annotations = { ...this.#lease.metadata.annotations, ...note };
    const metadata = { ...this.#lease.metadata, annotations };
    const answer = await this.#ports.leases.replace({ ...this.#lease, metadata });
    if (answer.outcome === "replaced") this.#lease = answer.object;
  }

  /**
   * Deletes the lease of a node that is gone for good, only where nobody has written to it since.
   *
   * @returns whether it is gone; where it is not, it is still to be given back
   */
  async deleteLease(): Promise<boolean> {
    return (await this.#ports.leases.delete(this.#lease)).outcome !== "conflict";
  }
}
