import { withRequest } from "../../src/domain/node-lease.ts";
import type { StoredLease } from "../../src/domain/objects/lease.ts";
import { SYSTEM_NAMESPACE } from "../../src/domain/objects/names.ts";
import type { AgentCluster } from "./harness.ts";

/** Somebody holds the lease from now on. */
export function heldBy(cluster: AgentCluster, holderIdentity: string, leaseDurationSeconds = 60): void {
  const { api } = cluster.world;
  const time = cluster.world.timestamp().replace("Z", "000Z");
  const spec = {
    holderIdentity,
    leaseDurationSeconds,
    acquireTime: time,
    renewTime: time,
    leaseTransitions: 7,
  };
  const lease = cluster.lease("a");
  if (lease !== undefined) api.replace("leases", { ...lease, metadata: { ...lease.metadata }, spec });
  else
    api.lay("leases", {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { namespace: SYSTEM_NAMESPACE, name: "a" },
      spec,
    });
}

/** A run asks the node for its lease, for so long. */
export function ask(cluster: AgentCluster, id: string, seconds = 15): void {
  const lease = cluster.lease("a") as StoredLease;
  cluster.world.api.replace(
    "leases",
    withRequest(lease, { id, seconds }) as StoredLease & { metadata: { name: string } },
  );
}

export const holder = (cluster: AgentCluster): string => cluster.lease("a")?.spec.holderIdentity ?? "";
