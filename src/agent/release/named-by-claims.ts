import { type Address, parseAddress } from "../../domain/address.ts";
import { SENTINEL } from "../../domain/objects/names.ts";
import type { AgentPorts } from "../ports.ts";

/**
 * The addresses that static claims name, whether or not a VpcIP does: one may be lost by a restore, or deleted by hand. One list
 * of all static claims: for moments at which an address changes keepers without a VpcIP, not for each pass.
 *
 * @returns undefined where nobody can say: the list lacks its sentinel (design §4.7), or a claim can't be read
 */
export async function namedByClaims({
  cluster,
}: Pick<AgentPorts, "cluster">): Promise<ReadonlySet<Address> | undefined> {
  const sentinel = await cluster.getClaim(SENTINEL.claim.namespace, SENTINEL.claim.name);
  const uid = sentinel.found && sentinel.object.readable ? sentinel.object.object.metadata.uid : undefined;
  const named = new Set<Address>();
  let isWhole = false;
  for (const claim of await cluster.listStaticClaims()) {
    if (!claim.readable) return undefined;
    isWhole ||= claim.object.metadata.uid === uid;
    const address = parseAddress(claim.object.status?.address ?? "");
    if (address !== undefined) named.add(address);
  }
  return isWhole ? named : undefined;
}
