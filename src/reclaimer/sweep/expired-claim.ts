import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { SweepContext } from "./context.ts";

/**
 * A static claim whose time is over goes with its address (H49), by its UID: a claim that was made again under the name
 * stays. Its Pod was asked for under the lease.
 */
export async function deleteExpiredClaim({ ports }: SweepContext, { spec }: StoredVpcIP): Promise<void> {
  const { claim, leak } = spec;
  if (leak?.cause !== "claim-expired" || claim?.uid === undefined) return;
  const found = await ports.cluster.getClaim(claim.namespace, claim.name);
  if (!found.found || !found.object.readable || found.object.object.metadata.uid !== claim.uid) return;
  await ports.writer.deleteClaim(found.object.object);
}
