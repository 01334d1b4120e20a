import { type Address, parseAddress } from "../../domain/address.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { Interrupted } from "../operation/interrupted.ts";
import type { AgentPorts } from "../ports.ts";

/** What an allocator knows of its node: read at each acquisition of the lease, and as it wrote it since (design §4.3). */
export interface View {
  /** When it was read, own time. */
  readonly readAt: number;
  config: StoredNodeENIConfig;
  /** VpcIPs whose node this is, by address. */
  readonly records: Map<Address, StoredVpcIP>;
  /** Addresses of this node whose VpcIP has a shape that this version doesn't know: nobody touches them. */
  readonly unreadable: ReadonlySet<Address>;
}

/** The node's NodeENIConfig is not there: a new node, or one whose old config has been buried. */
export class NoConfig extends Interrupted {}

/** @param known the config, where it has just been read */
export async function readView(
  { cluster, host, clock }: AgentPorts,
  known?: StoredNodeENIConfig,
): Promise<View> {
  const readAt = clock.now();
  const config = known ?? (await readConfig({ cluster, host }));
  const records = new Map<Address, StoredVpcIP>();
  const unreadable = new Set<Address>();
  for (const item of await cluster.listVpcIPsOfNode(host.nodeName)) {
    const address = parseAddress(item.readable ? item.object.metadata.name : item.name);
    if (address === undefined) continue;
    if (item.readable) records.set(address, item.object);
    else unreadable.add(address);
  }
  return { readAt, config, records, unreadable };
}

export async function readConfig({
  cluster,
  host,
}: Pick<AgentPorts, "cluster" | "host">): Promise<StoredNodeENIConfig> {
  const found = await cluster.getNodeConfig(host.nodeName);
  if (!found.found) throw new NoConfig(`node ${host.nodeName} has no NodeENIConfig`);
  if (!found.object.readable)
    throw new ClusterError("unreadable", `NodeENIConfig ${host.nodeName}: ${found.object.why}`);
  return found.object.object;
}
