import { parseAddress } from "../../domain/address.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { SweepContext } from "./context.ts";

/**
 * A static claim whose time is over goes with its address (H49), by its UID: a claim that was made again under the name
 * stays, and so does one that a Pod has taken up again with another address since the record was marked. Its Pod was asked for
 * under the lease.
 */
export async function deleteExpiredClaim(
  { ports }: SweepContext,
  { spec, metadata }: StoredVpcIP,
): Promise<void> {
  const { claim, leak } = spec;
  if (leak?.cause !== "claim-expired" || claim?.uid === undefined) return;
  const found = await ports.cluster.getClaim(claim.namespace, claim.name);
  if (!found.found || !found.object.readable || found.object.object.metadata.uid !== claim.uid) return;
  const { address } = found.object.object.status ?? {};
  if (address !== undefined && parseAddress(address) !== metadata.name) return;
  await ports.writer.deleteClaim(found.object.object);
}
