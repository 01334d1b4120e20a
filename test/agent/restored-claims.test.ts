import { expect, test } from "@jest/globals";
import type { Address } from "../../src/domain/address.ts";
import type { StoredVpcIPClaim, VpcIPClaim } from "../../src/domain/objects/vpcipclaim.ts";
import type { AgentCluster } from "./harness.ts";
import { type Allocator, BOTH, layClaim, leaseOfAnHourAgo } from "./laid.ts";
import { claimOf, two } from "./moving.ts";

type Status = NonNullable<StoredVpcIPClaim["status"]>;

const OLDER = { address: "10.0.99.9" as Address, nodeName: "b", podUID: "an-older-pod" } as const;

/** The claim as an etcd has it that went back. */
function says(cluster: AgentCluster, status: Status): void {
  const answer = cluster.world.api.replaceStatus("vpcipclaims", { ...claimOf(cluster), status });
  expect(answer.status).toBe(200);
}

/** Etcd forgot the sandbox of db on a and its first address; since then b has given db another, and its Pod there has ended. */
async function movedSince(allocator: Allocator, spec: VpcIPClaim["spec"] = {}) {
  const { cluster, a, b } = await two(allocator, spec);
  const old = cluster.world.kubernetes.snapshot();
  const forgotten = a.request("db");
  const first = await a.address(forgotten);
  cluster.world.kubernetes.restore(old);
  const next = b.request("db");
  const address = await b.address(next);
  await b.end(next);
  return { cluster, a, b, forgotten, first, address };
}

for (const allocator of BOTH) {
  test(`H61 ${allocator}: after a restore a static claim says again which address its Pod has, and keeps it beyond its Pod`, async () => {
    const { cluster, a } = await two(allocator);
    const old = cluster.world.kubernetes.snapshot();
    const request = a.request("db");
    const address = await a.address(request);
    cluster.world.kubernetes.restore(old);
    says(cluster, OLDER);
    await a.restart();
    await a.maintain();
    expect(cluster.record(address)?.spec.claim?.uid).toBe(claimOf(cluster).metadata.uid);
    expect(claimOf(cluster).status).toMatchObject({ address, nodeName: "a", podUID: request.podUID });
    await a.del(request.containerID);
    await cluster.converge();
    expect(cluster.has(address, a.node.interfaceIDs[0])).toBe(true);
    expect(await a.address("db")).toBe(address);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H61 ${allocator}: so it does where the VpcIP was saved, and the claim's status not yet`, async () => {
    const { cluster, a } = await two(allocator);
    const request = a.request("db");
    const address = await a.address(request);
    says(cluster, {});
    leaseOfAnHourAgo(a);
    await a.restart();
    await a.address("web");
    expect(claimOf(cluster).status).toMatchObject({ address, nodeName: "a", podUID: request.podUID });
  });

  test(`H74 H61 ${allocator}: a claim that was made again under its name says nothing of what its Pod had before, and releases it with the Pod`, async () => {
    const { cluster, a } = await two(allocator);
    const request = a.request("db");
    const address = await a.address(request);
    cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
    layClaim(cluster);
    leaseOfAnHourAgo(a);
    await a.restart();
    await a.address("web");
    expect(claimOf(cluster).status?.address).toBeUndefined();
    expect(a.isRunning(request)).toBe(true);
    await a.end(request);
    await cluster.converge();
    expect(cluster.record(address)).toBeUndefined();
    const next = await a.address("db");
    expect(claimOf(cluster).status?.address).toBe(next);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H61 ${allocator}: a claim that another Pod which is there has taken up stays that one's`, async () => {
    const { cluster, a, b } = await two(allocator);
    const address = await a.address("db");
    const newer = { ...b.request("db"), podUID: "a-newer-pod" };
    cluster.world.kubernetes.erase("pods", "db", "default");
    cluster.world.kubernetes.seed("pods", [
      {
        metadata: { name: "db", namespace: "default", uid: newer.podUID },
        spec: { nodeName: "b", containers: [{ name: "main", image: "none" }] },
        status: { phase: "Running" },
      },
    ]);
    const status = { ...OLDER, podUID: newer.podUID };
    says(cluster, status);
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", address);
    leaseOfAnHourAgo(a);
    await a.restart();
    await a.address("web");
    expect(cluster.record(address)?.spec.claim?.name).toBe("db");
    expect(claimOf(cluster).status).toMatchObject(status);
  });

  for (const isRecordLost of [false, true])
    test(`H61 ${allocator}: keeps what the claim retains since etcd went back, though a sandbox lives whose Pod is gone from the API${isRecordLost ? ", and its VpcIP is lost" : ""}`, async () => {
      const { cluster, a, b, forgotten, first, address } = await movedSince(allocator);
      expect(address).not.toBe(first);
      if (isRecordLost) cluster.world.kubernetes.erase("vpcips.vpcip.dev", address);
      await a.restart();
      await a.maintain();
      expect(claimOf(cluster).status).toMatchObject({ address, nodeName: "b" });
      await a.del(forgotten.containerID);
      await cluster.converge();
      expect(cluster.has(address, b.node.interfaceIDs[0])).toBe(true);
      expect(await b.address("db")).toBe(address);
      expect(cluster.misdeeds).toEqual([]);
    });

  test(`H61 ${allocator}: releases what the claim names where its policy retains it no more`, async () => {
    const { cluster, a, b, first, address } = await movedSince(allocator, { reclaimPolicy: "WithPod" });
    await a.restart();
    await a.maintain();
    expect(claimOf(cluster).status).toMatchObject({ address: first, nodeName: "a" });
    await cluster.converge();
    expect(cluster.has(address, b.node.interfaceIDs[0])).toBe(false);
    expect(cluster.has(first, a.node.interfaceIDs[0])).toBe(true);
  });
}
