import type { Run } from "../every-point.ts";
import { Cluster } from "../harness.ts";
import { collecting, sweeping, touchLeaseBefore } from "./laid.ts";
import { threeLeaks } from "./sweep-runs.ts";

async function withoutLease(): Promise<Cluster> {
  const cluster = await threeLeaks();
  cluster.world.api.delete("leases", { namespace: "vpcip-system", name: "a" });
  return cluster;
}

const touchedBefore = (nth: number) => async (): Promise<Cluster> => {
  const cluster = await threeLeaks();
  touchLeaseBefore(cluster, nth);
  return cluster;
};

/** Nothing is due: a lease alone is looked at, of a node that is gone (its instance was never found, at one look before), or asked for. */
const leaseOnly = (of: "gone" | "found missing once" | "asked for") => async (): Promise<Cluster> => {
  const cluster = new Cluster();
  cluster.node("a", { secondaries: 7 }).runPod("web");
  await cluster.start();
  if (of === "asked for") cluster.world.api.replace("leases", asked(cluster) as never);
  else layLeft(cluster, of === "gone" ? "somebody" : "ipamd/left/i-0dead00000000dead/1");
  await cluster.collect("leaks");
  return cluster;
};

function asked(cluster: Cluster) {
  const lease = cluster.lease("a");
  const annotations = { ...lease?.metadata.annotations, "request.vpcip.dev/of-a-dead-run": "15" };
  return { ...lease, metadata: { ...lease?.metadata, annotations } };
}

function layLeft({ world }: Cluster, lastAllocator: string): void {
  const annotations = { "vpcip.dev/last-allocator": lastAllocator };
  world.api.lay("leases", {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { namespace: "vpcip-system", name: "left", annotations },
    spec: { holderIdentity: "", leaseDurationSeconds: 60 },
  });
}

/** One call to the lease is lost; the sweep goes on, or ends, and each of its points is tried beside that. */
const lost = (what: string, nth: number): Run => ({
  name: `sweep: ${what} not heard`,
  lay: threeLeaks,
  work: sweeping,
  meets: { what: /^PUT .*\/leases\//, nth, fate: "lost-after" },
});

/** How the lease is asked for, taken, renewed, and given back, where others write to it or calls are lost. */
export const LEASE_RUNS: readonly Run[] = [
  { name: "sweep: no lease at all", lay: withoutLease, work: sweeping },
  {
    name: "sweep: no lease at all, and that it was made is not heard",
    lay: withoutLease,
    work: sweeping,
    meets: { what: /^POST .*\/leases/, fate: "lost-after" },
  },
  {
    name: "sweep: its lease renewed",
    lay: threeLeaks,
    work: sweeping,
    latencyMilliseconds: 1600,
  },
  {
    name: "sweep: its lease renewed, and written to by others",
    lay: touchedBefore(3),
    work: sweeping,
    latencyMilliseconds: 1600,
  },
  { name: "sweep: its lease written to before it is given back", lay: touchedBefore(3), work: sweeping },
  {
    name: "collect: leaks, a lease that is left alone",
    lay: leaseOnly("gone"),
    work: collecting({ kind: "leaks" }),
  },
  { name: "sweep: a lease that is left alone", lay: leaseOnly("gone"), work: sweeping },
  {
    name: "sweep: a lease that is left alone, its instance not found for the first time",
    lay: leaseOnly("found missing once"),
    work: sweeping,
  },
  { name: "sweep: a request that a dead run left", lay: leaseOnly("asked for"), work: sweeping },
  lost("the request", 1),
  lost("that the lease was taken", 2),
  lost("that the lease was given back", 3),
];
