import { expect, test } from "@jest/globals";
import { Line } from "../../src/sandbox/in-process/index.ts";
import { BOTH, exhaust, laid, layClaim, leaseOfAnHourAgo } from "./laid.ts";

const COOLING_MINUTES = 1;

for (const allocator of BOTH) {
  test(`H28 H61 ${allocator}: what a Pod had when etcd went back is not handed out before it has cooled down`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    exhaust(cluster);
    await agent.maintain();
    const old = cluster.world.kubernetes.snapshot();
    const request = agent.request("web");
    const address = await agent.address(request);
    agent.node.updateStatus((status) => ({ ...status, sweepEpoch: 1 }));
    // Etcd goes back between the end of its network and the write of that: nothing durable says that it was anybody's.
    const line = new Line();
    line.fateOf = ({ what }) => {
      if (/^PUT .*nodeeniconfigs/.test(what) && !agent.isRunning(request))
        cluster.world.kubernetes.restore(old);
      return "through";
    };
    await agent.restart(line);
    await agent.del(request.containerID, line);
    expect(agent.isRunning(request)).toBe(false);
    line.fateOf = () => "through";
    expect(await agent.add("next")).not.toMatchObject({ kind: "added" });
    expect([agent.pool, agent.cooling]).toEqual([[], [address]]);
    await cluster.wait(COOLING_MINUTES);
    expect(await agent.address("next")).toBe(address);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H18 H61 ${allocator}: what an older pool lists and a static claim names is its Pod's, and nobody else's`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 2 });
    const [kept = "", free] = agent.pool;
    await agent.address("web");
    const web = [...agent.node.pods.values()][0]?.address;
    const named = web === kept ? (free ?? "") : kept;
    layClaim(cluster, {}, { address: named, podUID: "gone" });
    leaseOfAnHourAgo(agent);
    await agent.restart();
    exhaust(cluster);
    expect(await agent.add("next")).not.toMatchObject({ kind: "added" });
    await cluster.wait(COOLING_MINUTES);
    expect(await agent.add("next")).not.toMatchObject({ kind: "added" });
    expect([...agent.pool, ...agent.cooling]).not.toContain(named);
    cluster.world.ec2Faults.clear();
    expect(await agent.address("db")).toBe(named);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H51 ${allocator}: a restart after which etcd knows the node's last acquisition lets nothing rest`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 2 });
    exhaust(cluster);
    await agent.address("web");
    await agent.restart();
    await agent.address("next");
    expect(agent.cooling).toEqual([]);
  });
}
