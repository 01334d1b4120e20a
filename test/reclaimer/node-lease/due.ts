import { SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import type { NodeSeed } from "../../../src/sandbox/engine/node.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";

/** A node with an address that was claimed once, due. */
export async function due(seed: Partial<NodeSeed> = {}) {
  const cluster = new Cluster();
  const node = cluster.node("a", seed);
  node.runPod("web");
  leaks.podGone(node, "gone");
  await cluster.start();
  await cluster.collect("leaks");
  await cluster.wait(31);
  const [leaked = ""] = cluster.leaks;
  return { cluster, node, leaked };
}

/** Somebody who holds the lease and answers nobody; renewed, he lives. */
export function holdLease(cluster: Cluster, holder: string, durationSeconds = 15) {
  const write = () => {
    const lease = cluster.lease();
    const time = cluster.world.timestamp().replace("Z", "000Z");
    const spec = {
      ...lease?.spec,
      holderIdentity: holder,
      leaseDurationSeconds: durationSeconds,
      acquireTime: time,
      renewTime: time,
    };
    cluster.world.api.replace("leases", {
      ...lease,
      metadata: { ...lease?.metadata, name: "a", namespace: SYSTEM_NAMESPACE },
      spec,
    });
  };
  write();
  return { renew: write };
}
