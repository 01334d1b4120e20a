import type { AddRequest } from "../../src/agent/index.ts";
import type { Address } from "../../src/domain/address.ts";
import type { StoredVpcIPClaim, VpcIPClaim } from "../../src/domain/objects/vpcipclaim.ts";
import type { AgentNode } from "./agent-node.ts";
import { AgentCluster } from "./harness.ts";
import { type Allocator, layClaim } from "./laid.ts";

export interface Two {
  readonly cluster: AgentCluster;
  readonly a: AgentNode;
  readonly b: AgentNode;
}

/** Two nodes, and a static claim for the Pod db. */
export async function two(allocator: Allocator, spec: VpcIPClaim["spec"] = {}): Promise<Two> {
  const cluster = new AgentCluster();
  const [a, b] = ["a", "b"].map((name) => cluster.agent(name, { allocator, secondaries: 3 })) as [
    AgentNode,
    AgentNode,
  ];
  for (const agent of [a, b]) agent.node.poolSpares();
  layClaim(cluster, spec);
  await cluster.start();
  for (const agent of [a, b]) await agent.start();
  return { cluster, a, b };
}

export interface Asked extends Two {
  readonly address: Address;
  /** The interface on which the address lies. */
  readonly interfaceID: string;
  readonly old: AddRequest;
  /** The Pod on b that waits for it. */
  readonly next: AddRequest;
}

/** The address of db lies on a, without a sandbox, and b has asked for it. */
export async function asked(allocator: Allocator): Promise<Asked> {
  const { cluster, a, b } = await two(allocator);
  const old = a.request("db");
  const address = await a.address(old);
  await a.end(old);
  const next = b.request("db");
  await b.add(next);
  return { cluster, a, b, address, interfaceID: a.node.interfaceIDs[0] ?? "", old, next };
}

export const claimOf = (cluster: AgentCluster): StoredVpcIPClaim =>
  cluster.world.api.get<StoredVpcIPClaim>("vpcipclaims", {
    namespace: "default",
    name: "db",
  }) as StoredVpcIPClaim;

/** Tags that a person or another tool sets on an interface. */
export function tag(
  { world }: AgentCluster,
  interfaceID: string,
  tags: Readonly<Record<string, string>>,
): void {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  world.ec2.call("CreateTags", { Resources: [interfaceID], Tags });
}

/** What a person writes beside a VpcIP. */
export function annotate(
  cluster: AgentCluster,
  address: Address,
  annotations: Readonly<Record<string, string>>,
): void {
  const record = cluster.record(address);
  if (record === undefined) throw new Error("no record");
  cluster.world.api.replace("vpcips", { ...record, metadata: { ...record.metadata, annotations } });
}

/** The breaker as the freeze object has it. */
export function trip(cluster: AgentCluster, scope: "node" | "subnet" | "cluster", name: string): void {
  const breaker = JSON.stringify([{ scope, name, leaked: 20, total: 20, limit: 0.8 }]);
  cluster.freeze({ frozen: "false", breaker });
}

/** The config of a node at the moment at which the first intent is written, and whatever is done then. */
export function atFirstIntent(
  agent: AgentNode,
  act: () => void = () => undefined,
): () => AgentNode["status"] {
  let seen: AgentNode["status"] | undefined;
  agent.cluster.world.kubernetes.onChange(({ resource, object }) => {
    const { release } = (object["spec"] ?? {}) as { readonly release?: unknown };
    if (resource.plural !== "vpcips" || release === undefined || seen !== undefined) return;
    seen = agent.status;
    act();
  });
  return () => {
    if (seen === undefined) throw new Error("there was no intent");
    return seen;
  };
}
