import { hasRequest, LONGEST_REQUEST_SECONDS, requestsOf, withoutRequests } from "../../domain/node-lease.ts";
import type { StoredLease } from "../../domain/objects/lease.ts";
import type { Clock } from "../../ports/clock.ts";
import type { NodeNote } from "./lock-note.ts";

/**
 * The hand-over requests on the node's lease. Each stands, in own time, from when it was first seen for the seconds that it
 * says, and then counts no more: nobody can stop a node for ever by dying (H72). When that is stands in the lock file: without a
 * daemon each call is a process of its own, and none would see the end of a request that it sees first.
 */
export class RequestsSeen {
  readonly #clock: Clock;
  readonly #note: NodeNote;
  /** By ID: when it ends, own time. An answered one stands too: who asked has yet to take the lease. */
  readonly #ends: Map<string, number>;

  constructor(clock: Clock, note: NodeNote) {
    this.#clock = clock;
    this.#note = note;
    this.#ends = new Map(Object.entries(note.now.requests ?? {}));
  }

  async note(lease: StoredLease): Promise<void> {
    const now = this.#clock.now();
    let isChanged = false;
    for (const id of [...this.#ends.keys()]) if (!hasRequest(lease, id)) isChanged = this.#ends.delete(id);
    for (const { id, seconds } of requestsOf(lease)) {
      if (this.#ends.has(id)) continue;
      this.#ends.set(id, now + seconds * 1000);
      isChanged = true;
    }
    if (isChanged)
      await this.#note.change({
        requests: this.#ends.size === 0 ? undefined : Object.fromEntries(this.#ends),
      });
  }

  /** While this holds no new operation starts. */
  get isAnyFresh(): boolean {
    return [...this.#ends.keys()].some((id) => this.#isFresh(id));
  }

  /** Whether somebody waits for an answer. */
  isAnswerDue(lease: StoredLease): boolean {
    return requestsOf(lease).some(({ id }) => this.#isFresh(id));
  }

  /**
   * The lease without the requests that nobody waits on any more: they would pile up (H49). An answered one, too, that no own
   * process has seen unanswered: who sent it sees that it is gone, and asks again.
   */
  withoutExpired(lease: StoredLease): StoredLease {
    return withoutRequests(lease, (id) => this.#isFresh(id));
  }

  #isFresh(id: string): boolean {
    const left = (this.#ends.get(id) ?? 0) - this.#clock.now();
    // Longer than any stands: the clock was set back.
    return left > 0 && left <= LONGEST_REQUEST_SECONDS * 1000;
  }
}
