import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import type { Run } from "../every-point.ts";
import { Cluster } from "../harness.ts";
import { busyOnce, die, due, sweeping, touchLeaseBefore } from "./laid.ts";

interface Gone {
  /** Its NodeENIConfig is gone too. */
  readonly withoutConfig?: boolean;
  /** Records and interfaces of it are gone already: config and lease are left. */
  readonly bare?: boolean;
}

/** A node that is gone for good, with an interface that was made to stay, and another that lives. */
const goneNode =
  ({ withoutConfig = false, bare = false }: Gone = {}) =>
  async (): Promise<Cluster> => {
    const cluster = new Cluster();
    const node = cluster.node("gone", { secondaries: 2 });
    const pods = bare ? [] : [node.runPod("old")];
    if (!bare) leaks.detachedInterface(node);
    cluster.node("a").runPod("web");
    await cluster.start();
    die(cluster, node, pods);
    if (withoutConfig) cluster.world.kubernetes.erase("nodeeniconfigs.vpcip.dev", "gone");
    if (bare) await cluster.collect("leaks");
    else await due(cluster);
    return busyOnce(cluster);
  };

export const GONE_RUNS: readonly Run[] = [
  { name: "sweep: a node that is gone", lay: goneNode(), work: sweeping },
  {
    name: "sweep: a node that is gone, of which a lease is left",
    lay: goneNode({ bare: true }),
    work: sweeping,
  },
  {
    name: "sweep: a node that is gone with its config",
    lay: goneNode({ withoutConfig: true }),
    work: sweeping,
  },
  {
    name: "sweep: a node that is gone, its lease written to before it is deleted",
    lay: async () => {
      const cluster = await goneNode({ bare: true })();
      touchLeaseBefore(cluster, 1, "DELETE", "gone");
      return cluster;
    },
    work: sweeping,
  },
];
