import type { Parsed } from "../../domain/objects/metadata.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { ClusterError, type ClusterReader } from "../../ports/cluster.ts";
import type { Sentinels } from "./memory.ts";

/** Lists with their sentinel in them. A list without it is not the list of this cluster's truth (design §4.7, H62). */

/** All NodeENIConfigs, the sentinel too. Throws ClusterError where the list lacks it. */
export async function wholeNodeConfigs(
  cluster: Pick<ClusterReader, "listNodeConfigs">,
  { nodeENIConfig }: Pick<Sentinels, "nodeENIConfig">,
): Promise<readonly Parsed<StoredNodeENIConfig>[]> {
  const configs = await cluster.listNodeConfigs();
  return holds(configs, nodeENIConfig?.metadata.uid) ? configs : refuse("NodeENIConfigs");
}

/** All static VpcIPClaims, the sentinel too. Throws ClusterError where the list lacks it. */
export async function wholeStaticClaims(
  cluster: Pick<ClusterReader, "listStaticClaims">,
  { claimUID }: Pick<Sentinels, "claimUID">,
): Promise<readonly Parsed<StoredVpcIPClaim>[]> {
  const claims = await cluster.listStaticClaims();
  return holds(claims, claimUID) ? claims : refuse("VpcIPClaims");
}

function holds(
  list: readonly Parsed<{ readonly metadata: { readonly uid: string } }>[],
  uid: string | undefined,
): boolean {
  return uid !== undefined && list.some((item) => item.readable && item.object.metadata.uid === uid);
}

export function refuse(what: string): never {
  throw new ClusterError("unreadable", `the list of ${what} lacks its sentinel: it is not complete`);
}
