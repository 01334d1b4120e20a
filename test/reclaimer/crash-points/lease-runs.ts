import type { Run } from "../every-point.ts";
import type { Cluster } from "../harness.ts";
import { sweeping, touchLeaseBefore } from "./laid.ts";
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
  lost("the request", 1),
  lost("that the lease was taken", 2),
  lost("that the lease was given back", 3),
];
