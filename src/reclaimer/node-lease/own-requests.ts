import { hasRequest, isAnswered, withoutRequest, withRequest } from "../../domain/node-lease.ts";
import type { StoredLease } from "../../domain/objects/lease.ts";
import type { Settings, SweepPorts } from "../settings.ts";

/**
 * The hand-over requests of one attempt to have a node lease: the latest counts, and those before it may stand yet. Each
 * has another name: the answer to an earlier one, and its report, is of another hand-over.
 */
export class OwnRequests {
  readonly #ports: Pick<SweepPorts, "leases" | "clock" | "identities">;
  readonly #settings: Settings;
  readonly #ids: string[] = [];
  /** The one that counts. */
  #latest = "";
  /** Own time at which it was sent, and until when it is waited for. */
  #sentAt: number;
  #waitsUntil: number;

  constructor(ports: Pick<SweepPorts, "leases" | "clock" | "identities">, settings: Settings) {
    this.#ports = ports;
    this.#settings = settings;
    this.#sentAt = ports.clock.now();
    this.#waitsUntil = this.#nextEnd;
  }

  get latest(): string {
    return this.#latest;
  }

  get isAnySent(): boolean {
    return this.#ids.length > 0;
  }

  get isLate(): boolean {
    return this.#ports.clock.now() >= this.#waitsUntil;
  }

  /** Who stood still since knows of no answer that its node lives now (H66). */
  get isOld(): boolean {
    return this.#ports.clock.now() - this.#sentAt > this.#settings.requestSeconds * 1000;
  }

  isAnsweredIn(lease: StoredLease): boolean {
    return isAnswered(lease, this.#latest);
  }

  standsIn(lease: StoredLease): boolean {
    return hasRequest(lease, this.#latest);
  }

  /** Asks in the lease as it was found. Where the answer to that is lost it may be there: then it is taken out with the others. */
  async ask(lease: StoredLease): Promise<void> {
    const id = this.#ports.identities.unique();
    const before = this.takenOutOf(lease);
    this.#ids.push(id);
    this.#latest = id;
    if (this.isOld) this.#waitsUntil = this.#nextEnd;
    this.#sentAt = this.#ports.clock.now();
    await this.#ports.leases.replace(withRequest(before, { id, seconds: this.#settings.requestSeconds }));
  }

  takenOutOf(lease: StoredLease): StoredLease {
    return this.#ids.reduce(withoutRequest, lease);
  }

  get #nextEnd(): number {
    return this.#ports.clock.now() + this.#settings.handOverSeconds * 1000;
  }
}
