import { type Address, parseAddress } from "../../domain/address.ts";
import type { Evidence, InstanceState, ManagedNode, VpcIPEvidence } from "../../domain/evidence.ts";
import type { Parsed } from "../../domain/objects/metadata.ts";
import { SENTINEL } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { ClusterError, type VpcIPEntry } from "../../ports/cluster.ts";
import type { Sentinels } from "../guard/memory.ts";
import { refuse, wholeNodeConfigs, wholeStaticClaims } from "../guard/whole-lists.ts";
import type { CollectPorts, Settings } from "../settings.ts";

/**
 * The lists of the mark pass, in the order that makes them safe (design §4.1): EC2 first, then who keeps addresses, then
 * the Pods. An allocator adds the new keeper before it removes the old one, so an address that EC2 lists and that is in
 * use is seen with one keeper at least (H01).
 *
 * Only metadata and configs are read here, whatever the size of the cluster; whole objects are for suspects.
 */
export async function readLists(
  ports: CollectPorts,
  settings: Settings,
  sentinels: Sentinels,
): Promise<Evidence> {
  const { cloud, cluster, budget } = ports;
  await budget.reserve({ DescribeNetworkInterfaces: 1 });
  const interfaces = await cloud.listInterfaces();
  const configs = await wholeNodeConfigs(cluster, sentinels);
  const entries = await cluster.listVpcIPLabels();
  if (!entries.some(({ name, uid }) => name === SENTINEL.vpcIP && uid === sentinels.vpcIPUID))
    refuse("VpcIPs");
  // Claims before Pods: a claim read after them may name a Pod that the list can't hold yet, and would look detached.
  const claims = await wholeStaticClaims(cluster, sentinels);
  const livePodUIDs = await cluster.livePodUIDs();
  return {
    cluster: { name: settings.clusterName, uid: sentinels.clusterUID },
    now: serverTime(ports),
    interfaces,
    nodes: nodesOf(configs),
    vpcIPs: labelsOf(entries),
    pods: [],
    livePodUIDs,
    claims: claimsOf(claims),
    instances: new Map<string, InstanceState>(),
  };
}

/** API-server time: what marks are aged by. */
export function serverTime(ports: Pick<CollectPorts, "cluster">): number {
  const time = ports.cluster.serverTime();
  if (time === undefined) throw new ClusterError("unreadable", "the API server's answers carry no Date");
  return time;
}

function nodesOf(configs: readonly Parsed<StoredNodeENIConfig>[]): Map<string, ManagedNode> {
  const nodes = new Map<string, ManagedNode>();
  for (const config of configs) {
    const name = config.readable ? config.object.metadata.name : config.name;
    if (name !== SENTINEL.nodeENIConfig) nodes.set(name, { config });
  }
  return nodes;
}

export function labelsOf(entries: readonly VpcIPEntry[]): Map<Address, VpcIPEvidence> {
  const records = new Map<Address, VpcIPEvidence>();
  for (const { name, labels } of entries) {
    const address = parseAddress(name);
    if (address !== undefined && name !== SENTINEL.vpcIP) records.set(address, { known: "labels", labels });
  }
  return records;
}

/** By `namespace/name`. */
export function claimsOf(
  claims: readonly Parsed<StoredVpcIPClaim>[],
): ReadonlyMap<string, Parsed<StoredVpcIPClaim>> {
  const byName = new Map<string, Parsed<StoredVpcIPClaim>>();
  for (const claim of claims) {
    const { namespace, name } = claim.readable
      ? claim.object.metadata
      : { namespace: undefined, name: claim.name };
    byName.set(namespace === undefined ? name : `${namespace}/${name}`, claim);
  }
  return byName;
}
