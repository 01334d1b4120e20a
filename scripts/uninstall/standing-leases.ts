import { isUnchanged, type LeaseSpecSeen, seen, termSeconds } from "../../src/domain/node-lease.ts";
import type { StoredLease } from "../../src/domain/objects/lease.ts";
import { DEFAULT_SETTINGS } from "../../src/reclaimer/settings.ts";

/** Which leases nobody renews: told as a sweep tells it (design: time), by how long each has stood unchanged while we looked. */
export class StandingLeases {
  readonly #since = new Map<string, { readonly seen: LeaseSpecSeen; readonly at: number }>();

  /** @param at of a clock that only goes forward, milliseconds */
  look(leases: readonly StoredLease[], at: number): void {
    for (const lease of leases) {
      const before = this.#since.get(lease.metadata.name);
      if (before === undefined || !isUnchanged(lease, before.seen))
        this.#since.set(lease.metadata.name, { seen: seen(lease), at });
    }
  }

  isAbandoned(nodeName: string, at: number): boolean {
    const since = this.#since.get(nodeName);
    return (
      since !== undefined && at - since.at >= termSeconds(since.seen, DEFAULT_SETTINGS.leaseSeconds) * 1000
    );
  }
}
