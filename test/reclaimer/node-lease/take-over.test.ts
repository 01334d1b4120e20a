import { describe, expect, test } from "@jest/globals";
import { SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import type { Cluster } from "../harness.ts";
import { due, holdLease } from "./due.ts";

const message = (cluster: Cluster) => cluster.world.queue.messages().map(({ body }) => JSON.parse(body));

describe("a lease whose holder is gone", () => {
  test("is taken over only when it stood unchanged over its whole term, as the queue's delay measured it", async () => {
    const { cluster } = await due();
    cluster.allocator().kill();
    holdLease(cluster, "cni/a/killed", 60);
    expect((await cluster.sweep()).outcome).toBe("sent-again");
    const [again] = message(cluster);
    expect(again.observed).toMatchObject({ holder: "cni/a/killed", durationSeconds: 60 });
    expect(again.delaySeconds).toBeGreaterThan(60);
    await cluster.sweep("a", { ...again, delaySeconds: 59 });
    expect(cluster.lease()?.spec.holderIdentity).toBe("cni/a/killed");
    await cluster.sweep("a", again);
    expect(cluster.lease()?.spec.holderIdentity).toBe("");
    expect(cluster.lease()?.spec.leaseTransitions).toBe(2);
  });

  test.each([
    [
      "renewed",
      (cluster: Cluster, hold: { renew(): void }) => {
        cluster.clock.advance(1_000);
        hold.renew();
      },
    ],
    ["taken by another", (cluster: Cluster) => holdLease(cluster, "cni/a/next", 60)],
    [
      "deleted and made again",
      (cluster: Cluster) => {
        const lease = cluster.lease();
        cluster.world.kubernetes.erase("leases.coordination.k8s.io", "a", SYSTEM_NAMESPACE);
        const { uid: _uid, resourceVersion: _version, ...metadata } = lease?.metadata ?? { name: "a" };
        cluster.world.api.lay("leases", {
          ...lease,
          metadata: { ...metadata, name: "a", namespace: SYSTEM_NAMESPACE },
        });
      },
    ],
  ] as const)("H32 keeps one that was %s in between", async (_how, change) => {
    const { cluster, leaked } = await due();
    cluster.allocator().kill();
    const hold = holdLease(cluster, "cni/a/lives", 60);
    await cluster.sweep();
    const [again] = message(cluster);
    change(cluster, hold);
    expect((await cluster.sweep("a", again)).outcome).toBe("sent-again");
    expect(cluster.lease()?.spec.holderIdentity).toMatch(/^cni\/a/);
    expect(cluster.has(leaked)).toBe(true);
  });

  test("is not counted as a silent allocator where the holder is another reclaimer", async () => {
    const { cluster } = await due();
    holdLease(cluster, "reclaimer/other/1", 60);
    for (let tries = 0; tries < 5; tries++) expect((await cluster.sweep()).outcome).toBe("sent-again");
    expect(message(cluster).every(({ attempt }) => attempt === 0)).toBe(true);
    await cluster.drain();
    expect(cluster.leaks).toEqual([]);
    expect(cluster.heard.alarms).toEqual([]);
  });
});
