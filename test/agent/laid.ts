import type { AgentSettings } from "../../src/agent/index.ts";
import type { StoredVpcIPClaim, VpcIPClaim } from "../../src/domain/objects/vpcipclaim.ts";
import type { NodeSeed } from "../../src/sandbox/engine/node.ts";
import type { AgentNode } from "./agent-node.ts";
import { AgentCluster } from "./harness.ts";

export { lineTo } from "../line-to.ts";

export type Allocator = "ipamd" | "cni";
export const BOTH: readonly Allocator[] = ["ipamd", "cni"];

/** One node, its agent started, all its addresses in its pool. */
export async function laid(
  seed: Partial<NodeSeed> & { readonly settings?: Partial<AgentSettings> } = {},
): Promise<{ cluster: AgentCluster; agent: AgentNode }> {
  const cluster = new AgentCluster();
  const agent = cluster.agent("a", seed);
  agent.node.poolSpares();
  await cluster.start();
  await agent.start();
  return { cluster, agent };
}

/** A static claim for the Pod db; with a status, where it is to have one. */
export function layClaim(
  { world }: AgentCluster,
  spec: VpcIPClaim["spec"] = {},
  status?: VpcIPClaim["status"],
): StoredVpcIPClaim {
  const claim = world.api.lay<StoredVpcIPClaim>("vpcipclaims", {
    apiVersion: "vpcip.dev/v1alpha1",
    kind: "VpcIPClaim",
    metadata: { namespace: "default", name: "db" },
    spec: { static: true, ...spec },
  });
  if (status !== undefined)
    world.api.replaceStatus("vpcipclaims", { ...claim, metadata: { ...claim.metadata }, status });
  return claim;
}

/** A promise, and how to keep it. */
export function later(): { readonly until: Promise<void>; readonly go: () => void } {
  let go = (): void => undefined;
  const until = new Promise<void>((resolve) => {
    go = resolve;
  });
  return { until, go };
}

/** EC2 takes an address away, as somebody else's Unassign would. */
export function release(cluster: AgentCluster, address: string, interfaceID: string): void {
  cluster.world.ec2.call("UnassignPrivateIpAddresses", {
    NetworkInterfaceId: interfaceID,
    PrivateIpAddresses: [address],
  });
}

/** What a person wants of the node's pool. */
export function wantPool(
  cluster: AgentCluster,
  warmPool: { readonly min: number; readonly max: number },
): void {
  const { api } = cluster.world;
  const config = api.get("nodeeniconfigs", { name: "a" });
  api.replace("nodeeniconfigs", {
    ...config,
    metadata: { ...config?.metadata, name: "a" },
    spec: { warmPool },
  });
}

/** The subnet has nothing left. */
export function exhaust(cluster: AgentCluster): void {
  const code = "InsufficientFreeAddressesInSubnet";
  cluster.world.ec2Faults.add({ kind: "error", code, status: 400, action: "AssignPrivateIpAddresses" });
}

export const CREATE_RECORD = /^POST .*\/vpcips/;

/** The node's lease is of an etcd of an hour ago: it names an acquisition that the node does not remember as its last. */
export function leaseOfAnHourAgo({ cluster, node }: AgentNode): void {
  const lease = cluster.lease(node.name);
  if (lease === undefined) throw new Error("no lease");
  const last = `${node.allocator}/${node.name}/${node.instanceID}/an-hour-ago`;
  const metadata = { ...lease.metadata, annotations: { "vpcip.dev/last-allocator": last } };
  cluster.world.api.replace("leases", { ...lease, metadata, spec: { ...lease.spec, holderIdentity: "" } });
}
