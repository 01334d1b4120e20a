import { carriesRequests, withoutRequests } from "../../domain/node-lease.ts";
import type { SweepPorts } from "../settings.ts";

/**
 * A node on which nothing is due may have a lease that needs somebody (H49). One of a node of which nothing is left at all is
 * to be taken, and buried. On any other the requests go that runs which died have left: whoever waits for an answer yet asks
 * again, and the node isn't paused for it.
 *
 * @param isNothingElseLeft the node has neither Node nor NodeENIConfig, and nothing of it is due
 * @returns whether the lease is all that is left of its node
 */
export async function lookAtLeftLease(
  { leases }: Pick<SweepPorts, "leases">,
  node: string,
  isNothingElseLeft: boolean,
): Promise<boolean> {
  const found = await leases.get(node);
  if (!found.found || !found.object.readable) return false;
  if (isNothingElseLeft) return true;
  const lease = found.object.object;
  // Where somebody has written to it meanwhile, he lives: the next daily run looks again.
  if (carriesRequests(lease.metadata)) await leases.replace(withoutRequests(lease));
  return false;
}
