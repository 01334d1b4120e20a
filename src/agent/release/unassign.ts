import type { Address } from "../../domain/address.ts";
import type { ReleaseAnswer } from "../../ports/cloud.ts";
import { Interrupted } from "../operation/interrupted.ts";
import { mayRelease } from "../operation/may-release.ts";
import type { Operation } from "../operation/operation.ts";

export interface Unassign {
  readonly interfaceID: string;
  readonly subnetID: string | undefined;
  readonly addresses: readonly Address[];
}

/**
 * The one request that releases, after its intents: what may have stopped it meanwhile is asked for last. Throws
 * {@link Interrupted} where the lease is lost: the intents stay, and whoever has the lease next decides afresh.
 *
 * @returns `held`: a freeze or a breaker came in between, and nothing was sent
 */
export async function unassign(
  operation: Operation,
  { interfaceID, subnetID, addresses }: Unassign,
): Promise<ReleaseAnswer | { readonly kind: "held" }> {
  if (!(await mayRelease(operation, [subnetID]))) return { kind: "held" };
  const { lease, ports } = operation;
  // The object is asked, not own time alone: it may have been deleted, or taken by others, in the middle.
  if (!(await lease.confirm())) throw new Interrupted("the node lease is lost");
  await lease.releasesAt(operation.epoch);
  await operation.mayGoOn();
  return ports.releaser.unassign({ interfaceID, addresses, prefixes: [], notAfter: lease.notAfter });
}
