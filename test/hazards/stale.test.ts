/** API servers whose cache is an hour behind: they answer "any version" with what was. */
import { describe, expect, test } from "@jest/globals";
import { fateOf, goes, KEPT, laidWith, quietPod, RELEASED, twoDays } from "./laid.ts";

const ALLOCATORS = ["ipamd", "cni"] as const;

describe.each(ALLOCATORS)("H06 a watch cache that lags, on a node with %s", (allocator) => {
  test("keeps what a Pod has shown since the mark: the sweep reads most recent", async () => {
    const { cluster, node, laid, leaked } = await laidWith((on) => on.spare(), { allocator });
    await cluster.collect("leaks");
    expect(cluster.isMarked(laid.address)).toBe(true);
    await cluster.wait(31);
    cluster.world.kubernetes.staleness = { anyLagMs: 3_600_000, allLagMs: 0 };
    const pod = { uid: "told", name: "told", namespace: "default" };
    node.layPod(pod, { phase: "Running", podIP: laid.address });
    node.world.truth.need(laid.address, laid.interfaceID, "sandbox");
    await cluster.collect("due");
    await cluster.drain();
    expect(fateOf(cluster, laid.address, leaked)).toEqual(KEPT);
  });

  test("keeps in the mark pass what came since; releases what went, as soon as it is gone", async () => {
    const { cluster, node, laid, leaked } = await laidWith((on) => quietPod(on, "old"), { allocator });
    await cluster.wait(60);
    cluster.world.kubernetes.staleness = { anyLagMs: 3_600_000, allLagMs: 0 };
    const next = { ...laid, uid: "next", name: "next", containerID: "next" };
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", laid.address);
    cluster.world.kubernetes.erase("pods", laid.name, laid.namespace);
    node.layPod(next, { phase: "Pending", podIP: "" });
    const claim = { namespace: "default", name: "next", podUID: "next", containerID: "next" };
    node.layRecord(laid, { claim });
    await twoDays(cluster);
    expect(fateOf(cluster, laid.address, leaked)).toEqual(KEPT);
    goes(node, next);
    await cluster.day();
    expect(fateOf(cluster, laid.address, leaked)).toEqual(RELEASED);
  });
});
