/** A Pod's name comes again, its claim goes before it, clocks differ: real allocators and the functions together. */
import { describe, expect, test } from "@jest/globals";
import type { AddRequest } from "../../src/agent/index.ts";
import type { StoredVpcIPClaim } from "../../src/domain/objects/vpcipclaim.ts";
import type { AgentNode } from "../agent/agent-node.ts";
import { AgentCluster } from "../agent/harness.ts";
import { expectKeptUntilGone, fateOf, KEPT, laidWith, quietPod, RELEASED, twoDays } from "./laid.ts";

const ALLOCATORS = ["ipamd", "cni"] as const;

function layClaim(cluster: AgentCluster, spec: object = { static: true }): void {
  cluster.world.api.lay("vpcipclaims", {
    apiVersion: "vpcip.dev/v1alpha1",
    kind: "VpcIPClaim",
    metadata: { namespace: "default", name: "db" },
    spec,
  });
}

const claimOf = (cluster: AgentCluster) =>
  cluster.world.api.get<StoredVpcIPClaim>("vpcipclaims", { namespace: "default", name: "db" });

/** A node with a Pod that has a static claim, and a leak that nothing names. */
async function withStaticPod(allocator: "ipamd" | "cni", spec?: object) {
  const cluster = new AgentCluster();
  const agent: AgentNode = cluster.agent("a", { allocator, secondaries: 6 });
  const leaked = agent.node.spare().address;
  agent.node.poolSpares();
  layClaim(cluster, spec);
  await cluster.start();
  await agent.start();
  const request: AddRequest = agent.request("db");
  const address = await agent.address(request);
  return { cluster, agent, request, address, leaked };
}

describe.each(ALLOCATORS)("H04 the next Pod of a name, on a node with %s", (allocator) => {
  test.each([
    ["the older address is the old one's", true],
    ["the older address is the new one's", false],
  ])("keeps its address, and releases the old one's: %s", async (_order, isOldFirst) => {
    const { cluster, laid, leaked } = await laidWith(
      (on) => {
        const layOld = () => {
          const place = on.spare();
          const claim = { namespace: "default", name: "db-0", podUID: "old", containerID: "old" };
          on.layRecord(place, { claim });
          return place.address;
        };
        const before = isOldFirst ? layOld() : undefined;
        const next = quietPod(on, "db-0", { podIP: "", status: { phase: "Pending" } });
        return { old: before ?? layOld(), next: next.address };
      },
      { allocator },
    );
    await twoDays(cluster);
    expect(fateOf(cluster, laid.old, leaked)).toEqual(RELEASED);
    expect(fateOf(cluster, laid.next, leaked)).toEqual(KEPT);
  });

  test("keeps the static address that it took over when it was marked for the old one's absence", async () => {
    const spec = { static: true, reclaimPolicy: "AfterExpiry", expireAfter: "1h" };
    const { cluster, agent, request, address } = await withStaticPod(allocator, spec);
    await agent.end(request);
    await cluster.collect("leaks");
    await cluster.wait(61);
    await cluster.collect("leaks");
    expect(cluster.isMarked(address)).toBe(true);
    const next = agent.request("db");
    expect(await agent.address(next)).toBe(address);
    await twoDays(cluster);
    expect(agent.isRunning(next)).toBe(true);
    expect(cluster.record(address)?.spec.claim?.podUID).toBe(next.podUID);
    expect([cluster.has(address), cluster.wrong, cluster.misdeeds]).toEqual([true, [], []]);
  });

  test("releases the static address that nobody takes over in that time", async () => {
    const spec = { static: true, reclaimPolicy: "AfterExpiry", expireAfter: "1h" };
    const { cluster, agent, request, address } = await withStaticPod(allocator, spec);
    await agent.end(request);
    await cluster.collect("leaks");
    await cluster.wait(61);
    await twoDays(cluster);
    expect([cluster.has(address), claimOf(cluster)]).toEqual([false, undefined]);
  });
});

describe.each(ALLOCATORS)("H34 a claim that goes with its workload, on a node with %s", (allocator) => {
  test("is held back while its Pod runs, also where no sandbox tells; its address goes when the Pod is gone", async () => {
    const laid = await laidWith(
      (on) => {
        const pod = quietPod(on, "db", { podIP: "", status: { phase: "Running" } });
        const record = on.world.api.get("vpcips", { name: pod.address });
        const spec = record?.["spec"] as { claim: object };
        const claim = { ...spec.claim, uid: "11111111-2222-4333-8444-555555555555" };
        on.world.kubernetes.seed("vpcips.vpcip.dev", [{ ...record, spec: { ...spec, claim } } as never]);
        return pod;
      },
      { allocator },
    );
    await expectKeptUntilGone(laid);
  });

  test("keeps the address until the last container has stopped; then nothing of it is left", async () => {
    const { cluster, agent, request, address, leaked } = await withStaticPod(allocator);
    cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
    await twoDays(cluster);
    expect([cluster.has(address), cluster.has(leaked), cluster.wrong]).toEqual([true, false, []]);
    cluster.world.kubernetes.erase("pods", "db", "default");
    await twoDays(cluster);
    expect([cluster.has(address), agent.isRunning(request), cluster.wrong]).toEqual([true, true, []]);
    agent.wanted.clear();
    await agent.del(request.containerID);
    await cluster.converge();
    expect(cluster.record(address)).toBeUndefined();
    expect([cluster.leaks, cluster.unfinished, cluster.misdeeds]).toEqual([[], [], []]);
  });
});

describe.each(ALLOCATORS)("H74 a claim that was deleted by hand, on a node with %s", (allocator) => {
  test.each([
    ["between two looks", 1],
    ["before the first look", 0],
  ])(
    "is ended for its own UID, and the next Pod of the name gets and keeps an address: %s",
    async (_when, looks) => {
      const { cluster, agent, request, address } = await withStaticPod(allocator);
      await agent.end(request);
      for (let look = 0; look < looks; look++) await cluster.collect("leaks");
      const { uid } = claimOf(cluster)?.metadata ?? {};
      cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
      layClaim(cluster);
      const next = agent.request("db");
      const other = await agent.address(next);
      expect(other).not.toBe(address);
      await twoDays(cluster);
      await cluster.converge();
      expect(cluster.record(address)?.spec.claim?.uid).not.toBe(uid);
      expect(cluster.has(address)).toBe(false);
      expect(agent.isRunning(next)).toBe(true);
      expect(claimOf(cluster)?.status).toMatchObject({ address: other, podUID: next.podUID });
      expect([cluster.has(other), cluster.leaks, cluster.unfinished]).toEqual([true, [], []]);
      expect([cluster.wrong, cluster.misdeeds]).toEqual([[], []]);
    },
  );

  test("is ended for its own UID also while no Pod of the name is there, whatever the next claim's policy", async () => {
    const { cluster, agent, request, address } = await withStaticPod(allocator);
    await agent.end(request);
    cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
    layClaim(cluster, { static: true, reclaimPolicy: "Never" });
    await twoDays(cluster);
    expect([cluster.has(address), cluster.record(address)]).toEqual([false, undefined]);
    const next = agent.request("db");
    await agent.address(next);
    await twoDays(cluster);
    expect([agent.isRunning(next), cluster.wrong, cluster.misdeeds]).toEqual([true, [], []]);
  });
});
