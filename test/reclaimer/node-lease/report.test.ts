import { describe, expect, test } from "@jest/globals";
import { ANNOTATION } from "../../../src/domain/objects/names.ts";
import { endUnheard } from "../happenings.ts";
import { Cluster } from "../harness.ts";
import { due } from "./due.ts";

describe("the report", () => {
  const changes: readonly (readonly [string, (cluster: Cluster) => void])[] = [
    ["there is none", (cluster) => status(cluster, ({ reportedUnder: _none, ...rest }) => rest)],
    ["an allocator has worked since", (cluster) => lastAllocator(cluster, "cni/a/somebody-else")],
    ["nobody knows which allocator was last", (cluster) => lastAllocator(cluster, undefined)],
    [
      "it is of an earlier boot",
      (cluster) => status(cluster, (old) => ({ ...old, bootID: "an-earlier-boot" })),
    ],
    ["it tells no boot", (cluster) => status(cluster, ({ bootID: _none, ...rest }) => rest)],
    [
      "the Node is another instance",
      (cluster) =>
        node(cluster, (spec) => ({ ...spec, providerID: "aws:///eu-west-1a/i-0123456789abcdef0" })),
    ],
    ["the Node is gone", (cluster) => cluster.world.kubernetes.erase("nodes", "a")],
  ];

  test.each(changes)("keeps what was once claimed where %s", async (_why, change) => {
    const { cluster, leaked } = await due({ allocator: "cni" });
    change(cluster);
    await cluster.sweep();
    await cluster.drain();
    expect(cluster.has(leaked)).toBe(true);
  });

  test("keeps what it says a sandbox uses: H13 H27 the Pod was force-deleted, its container runs", async () => {
    const cluster = new Cluster();
    const node_ = cluster.node("a", { allocator: "cni" });
    const pod = node_.runPod("stubborn");
    await cluster.start();
    cluster.world.kubernetes.erase("pods", pod.name, pod.namespace);
    await cluster.day();
    expect(cluster.has(pod.address)).toBe(true);
    expect(cluster.wrong).toEqual([]);
    expect(cluster.isMarked(pod.address)).toBe(false);
    endUnheard(node_, pod);
    await cluster.restart();
    await cluster.day();
    expect(cluster.has(pod.address)).toBe(false);
  });

  test("releases what it doesn't", async () => {
    const { cluster, leaked } = await due({ allocator: "cni" });
    await cluster.sweep();
    expect(cluster.has(leaked)).toBe(false);
  });
});

function status(cluster: Cluster, change: (status: Record<string, unknown>) => object): void {
  const config = cluster.world.api.get("nodeeniconfigs", { name: "a" });
  if (config === undefined) throw new Error("no config");
  const changed = change(config["status"] as Record<string, unknown>);
  cluster.world.api.replaceStatus("nodeeniconfigs", {
    ...config,
    metadata: { ...config.metadata },
    status: changed,
  });
}

function node(cluster: Cluster, change: (spec: object) => object): void {
  const found = cluster.world.api.get("nodes", { name: "a" });
  if (found === undefined) throw new Error("no Node");
  cluster.world.kubernetes.erase("nodes", "a");
  cluster.world.kubernetes.seed("nodes", [{ ...found, spec: change(found["spec"] as object) } as never]);
}

function lastAllocator(cluster: Cluster, identity: string | undefined): void {
  const lease = cluster.lease();
  const { [ANNOTATION.lastAllocator]: _old, ...annotations } = lease?.metadata.annotations ?? {};
  const next =
    identity === undefined ? annotations : { ...annotations, [ANNOTATION.lastAllocator]: identity };
  cluster.world.api.replace("leases", {
    ...lease,
    metadata: { ...lease?.metadata, name: "a", annotations: next },
  });
}
