import { hasRequest, requestsOf, withoutRequests } from "../../domain/node-lease.ts";
import type { StoredLease } from "../../domain/objects/lease.ts";
import type { Clock } from "../../ports/clock.ts";

/**
 * The hand-over requests on the node's lease. Each stands, in own time, from when it was first seen for the seconds that it
 * says, and then counts no more: nobody can stop a node for ever by dying (H72).
 */
export class RequestsSeen {
  readonly #clock: Clock;
  /** By ID: when it ends, own time. An answered one stands too: who asked has yet to take the lease. */
  readonly #ends = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(lease: StoredLease): void {
    for (const id of [...this.#ends.keys()]) if (!hasRequest(lease, id)) this.#ends.delete(id);
    const now = this.#clock.now();
    for (const { id, seconds } of requestsOf(lease)) {
      if (!this.#ends.has(id)) this.#ends.set(id, now + seconds * 1000);
    }
  }

  /** While this holds no new operation starts. */
  get isAnyFresh(): boolean {
    return [...this.#ends.values()].some((end) => end > this.#clock.now());
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
    return (this.#ends.get(id) ?? 0) > this.#clock.now();
  }
}
