import { expect, test } from "@jest/globals";
import type { Address } from "../../src/domain/address.ts";
import type { NodeENIConfigStatus } from "../../src/domain/objects/nodeeniconfig.ts";
import { SandboxNode } from "../../src/sandbox/engine/node.ts";
import { Line } from "../../src/sandbox/in-process/index.ts";
import { AgentNode } from "./agent-node.ts";
import { BOTH, laid, release } from "./laid.ts";

for (const allocator of BOTH) {
  test(`H26 H42 ${allocator}: a new sandbox of the same Pod gets its own address, and a late DEL of the old one keeps it`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const old = agent.request("web");
    const first = await agent.address(old);
    const next = { ...old, containerID: "web-again" };
    const second = await agent.address(next);
    expect(second).not.toBe(first);
    for (let times = 0; times < 2; times++) expect(await agent.del(old.containerID)).toBe("done");
    expect(cluster.record(first)).toBeUndefined();
    expect(cluster.record(second)?.spec.claim?.containerID).toBe("web-again");
    expect(agent.isRunning(next)).toBe(true);
    expect(agent.cooling).toEqual([first]);
  });

  test(`H43 ${allocator}: after a boot what the sandboxes had comes back, without any DEL`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const address = await agent.address("web");
    await agent.maintain();
    agent.reboot();
    await agent.start();
    agent.wanted.clear();
    await agent.maintain();
    expect(cluster.record(address)).toBeUndefined();
    expect(agent.cooling).toEqual([address]);
    expect(agent.status.bootID).toBe(agent.node.bootID);
  });

  test(`H01 ${allocator}: keeps the VpcIP of a dead sandbox while neither pool nor cooling has its address`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const request = agent.request("web");
    const address = await agent.address(request);
    await agent.maintain();
    agent.kill();
    const pod = agent.node.pods.get(request.containerID);
    if (pod !== undefined) agent.node.endSandbox(pod);
    agent.wanted.clear();
    const without = (entries: NodeENIConfigStatus["inUse"]) =>
      entries?.filter((entry) => entry.address !== address);
    agent.node.updateStatus((status) => ({
      ...status,
      pool: (status.pool ?? []).filter((entry) => entry.address !== address),
      inUse: without(status.inUse) ?? [],
    }));
    await agent.start();
    await agent.maintain();
    expect([...agent.pool, ...agent.cooling]).not.toContain(address);
    expect(cluster.record(address)).toBeDefined();
  });

  test(`H43 ${allocator}: a sandbox that ended unheard is noticed`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const request = agent.request("web");
    const address = await agent.address(request);
    const pod = agent.node.pods.get(request.containerID);
    if (pod !== undefined) agent.node.endSandbox(pod);
    await agent.maintain();
    expect(cluster.record(address)).toBeUndefined();
    expect(agent.cooling).toEqual([address]);
  });

  test(`H13 ${allocator}: the VpcIP of a sandbox that runs stays, whatever became of its Pod`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const address = await agent.address("web");
    cluster.world.kubernetes.erase("pods", "web", "default");
    await agent.maintain();
    expect(cluster.record(address)?.spec.claim?.name).toBe("web");
  });

  test(`H61 ${allocator}: after a restore of etcd VpcIPs are written again, and nothing in use is handed out`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 4 });
    const before = { status: agent.status, lease: cluster.lease("a") };
    const used = await agent.address("web");
    const gone = agent.pool.find((one) => one !== used) as Address;
    await agent.maintain();
    // An hour later another address has left the node for good, and then etcd is as it was.
    const interfaceID = agent.node.interfaceIDs[0] ?? "";
    release(cluster, gone, interfaceID);
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", used);
    agent.node.updateStatus(() => before.status);
    const { api } = cluster.world;
    api.delete("leases", { namespace: "vpcip-system", name: "a" });
    for (const name of ["one", "two", "three"]) await agent.add(name);
    expect(cluster.misdeeds).toEqual([]);
    expect(cluster.record(used)?.spec.claim?.name).toBe("web");
    expect(agent.pool).not.toContain(gone);
  });

  test(`H61 ${allocator}: an allocator at work notices that etcd went back under it`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 4 });
    const old = agent.status;
    await agent.address("web");
    const interfaceID = agent.node.interfaceIDs[0] ?? "";
    const gone = { address: (agent.pool.at(-1) ?? "") as Address, interfaceID };
    agent.node.updateStatus((status) => ({
      ...status,
      pool: (status.pool ?? []).filter(({ address }) => address !== gone.address),
    }));
    await agent.address("next");
    release(cluster, gone.address, interfaceID);
    const lease = cluster.lease("a");
    if (lease === undefined) throw new Error("no lease");
    const older = (old.pool ?? []).filter(({ address }) => address !== gone.address);
    agent.node.updateStatus(() => ({ ...old, pool: [gone, ...older] }));
    const restored = cluster.world.api.replace("leases", {
      ...lease,
      metadata: {
        ...lease.metadata,
        annotations: { "vpcip.dev/last-allocator": `${allocator}/a/${agent.node.instanceID}/an-hour-ago` },
      },
      spec: { ...lease.spec, holderIdentity: "" },
    });
    expect(restored.status).toBe(200);
    for (const name of ["one", "two", "three", "four"]) await agent.add(name);
    expect(cluster.misdeeds).toEqual([]);
    expect(agent.pool).not.toContain(gone.address);
  });

  test(`H61 ${allocator}: what was in use in an etcd of an hour ago, and has been given back since, is not handed out`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 4 });
    const request = agent.request("web");
    const used = await agent.address(request);
    await agent.maintain();
    const before = agent.status;
    await agent.del(request.containerID);
    release(cluster, used, agent.node.interfaceIDs[0] ?? "");
    // Then etcd is as it was: its Pod runs, by the status and by its VpcIP.
    agent.node.updateStatus(() => before);
    if (cluster.record(used) === undefined)
      agent.node.layRecord(
        { address: used, interfaceID: agent.node.interfaceIDs[0] ?? "" },
        {
          claim: {
            namespace: "default",
            name: "web",
            podUID: request.podUID,
            containerID: request.containerID,
          },
        },
      );
    const now = cluster.lease("a");
    if (now === undefined) throw new Error("no lease");
    const annotations = { "vpcip.dev/last-allocator": `${allocator}/a/${agent.node.instanceID}/an-hour-ago` };
    const metadata = { ...now.metadata, annotations };
    cluster.world.api.replace("leases", { ...now, metadata, spec: { ...now.spec, holderIdentity: "" } });
    await agent.restart();
    for (const wait of [0, 1, 3]) {
      await cluster.wait(wait);
      await agent.maintain();
    }
    for (const name of ["one", "two", "three", "four", "five"]) await agent.add(name);
    expect(cluster.misdeeds).toEqual([]);
    expect([...agent.pool, ...agent.cooling]).not.toContain(used);
  });

  test(`H61 ${allocator}: an etcd that goes back between the lease and what is read under it is noticed`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 4 });
    const { kubernetes } = cluster.world;
    await agent.address("web");
    const old = kubernetes.snapshot();
    const gone = agent.pool.at(-1) as Address;
    await agent.address("next");
    agent.node.updateStatus((status) => ({
      ...status,
      pool: (status.pool ?? []).filter(({ address }) => address !== gone),
    }));
    release(cluster, gone, agent.node.interfaceIDs[0] ?? "");
    await agent.maintain();
    const line = new Line();
    let reads = 0;
    line.fateOf = ({ what }) => {
      if (/^GET .*\/nodeeniconfigs/.test(what) && ++reads === 1) kubernetes.restore(old);
      return "through";
    };
    await agent.restart(line);
    for (const name of ["one", "two", "three", "four"]) await agent.add(agent.request(name), line);
    expect(reads).toBeGreaterThan(0);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H61 ${allocator}: nothing is handed out while an own sandbox's VpcIP can't be written`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const used = await agent.address("web");
    await agent.restart();
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", used);
    cluster.world.kubernetes.faults.add({
      user: "vpcip-agent",
      verb: "POST",
      resource: "vpcips.vpcip.dev",
      nth: 1,
      kind: "status",
      code: 500,
    });
    expect(await agent.add("next")).toMatchObject({ kind: "again" });
    expect(await agent.add("next-again")).toMatchObject({ kind: "added" });
    expect(cluster.record(used)?.spec.claim?.name).toBe("web");
  });

  test(`H11 ${allocator}: a new machine of the same name begins with nothing of the old one's`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const old = await agent.address("web");
    const oldPool = agent.pool;
    agent.kill();
    agent.node.terminate();
    cluster.agents.delete("a");
    cluster.world.kubernetes.erase("nodes", "a");
    cluster.world.kubernetes.erase("pods", "web", "default");
    const config = cluster.world.api.get("nodeeniconfigs", { name: "a" });
    cluster.world.kubernetes.erase("nodeeniconfigs.vpcip.dev", "a");
    const node = new SandboxNode(cluster.world, {
      name: "a",
      subnetID: cluster.subnetID,
      allocator,
      extraInterfaces: 0,
      secondaries: 2,
    });
    node.updateStatus(() => config?.["status"] as object);
    const next = new AgentNode(cluster, node, {});
    cluster.agents.set("a", next);
    await next.start();
    await next.maintain();
    const address = await next.address("new");
    expect(next.status.instanceID).toBe(node.instanceID);
    expect(next.status.interfaces?.map(({ id }) => id)).toEqual(node.interfaceIDs);
    for (const one of oldPool) if (one !== address) expect(next.pool).not.toContain(one);
    expect(cluster.record(old)?.spec.instanceID).not.toBe(node.instanceID);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H11 ${allocator}: a node without a NodeENIConfig makes its own, in the group of its Node`, async () => {
    const { cluster, agent } = await laid({ allocator });
    cluster.world.kubernetes.erase("nodeeniconfigs.vpcip.dev", "a");
    await agent.maintain();
    expect(agent.status.instanceID).toBe(agent.node.instanceID);
    const config = cluster.world.api.get("nodeeniconfigs", { name: "a" });
    expect(config?.metadata.labels).toEqual({ "vpcip.dev/node-group": "workers" });
    await agent.address("web");
    expect(cluster.misdeeds).toEqual([]);
  });
}
