import { expect, test } from "@jest/globals";
import type { Address } from "../../src/domain/address.ts";
import { Line } from "../../src/sandbox/in-process/index.ts";
import { BOTH, exhaust, laid, layClaim, leaseOfAnHourAgo, release } from "./laid.ts";

/** Until the second look at EC2, and then for as long as anything cools down. */
const REST_MINUTES = 2;

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
    await cluster.wait(REST_MINUTES);
    expect(await agent.address("next")).toBe(address);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H07 H61 ${allocator}: what was given back just before etcd went back, and EC2 shows from before, is handed out to nobody`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 2 });
    exhaust(cluster);
    await agent.maintain();
    const [first, second] = agent.status.pool ?? [];
    if (first === undefined || second === undefined) throw new Error("the pool is empty");
    cluster.world.ec2.setDescribeLag(30_000);
    release(cluster, first.address as Address, first.interfaceID);
    leaseOfAnHourAgo(agent);
    await agent.restart();
    const request = agent.request("web");
    expect(await agent.add(request)).not.toMatchObject({ kind: "added" });
    expect(agent.cooling).toContain(first.address);
    await cluster.wait(REST_MINUTES);
    expect(await agent.address(request)).toBe(second.address);
    expect([...agent.pool, ...agent.cooling]).not.toContain(first.address);
    expect(await agent.add("next")).not.toMatchObject({ kind: "added" });
    expect(cluster.misdeeds).toEqual([]);
  });

  test.each([
    ["was in use", false],
    ["cooled down", true],
  ])(`H07 H61 ${allocator}: nor is what %s by it, with its last Pod's VpcIP`, async (_, isCooling) => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    exhaust(cluster);
    const request = agent.request("old");
    const address = await agent.address(request);
    await agent.maintain();
    const [pod] = [...agent.node.pods.values()];
    if (pod === undefined) throw new Error("no sandbox");
    const line = new Line();
    line.fateOf = ({ what }) => (/^DELETE .*vpcips/.test(what) ? "lost-before" : "through");
    await agent.restart(line);
    if (isCooling) await agent.del(request.containerID, line);
    else agent.node.endSandbox(pod);
    expect(agent.status[isCooling ? "cooling" : "inUse"]).toMatchObject([{ address }]);
    cluster.world.ec2.setDescribeLag(50_000);
    await cluster.clock.pass(20_000);
    release(cluster, address, pod.interfaceID);
    leaseOfAnHourAgo(agent);
    await agent.restart();
    for (let seconds = 0; seconds < 180; seconds += 15) {
      await agent.maintain();
      expect(await agent.add("web")).not.toMatchObject({ kind: "added" });
      await cluster.clock.pass(15_000);
    }
    expect([...agent.pool, ...agent.cooling]).toEqual([]);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H61 ${allocator}: what was given back since is handed out to nobody, where etcd goes back within one acquisition`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    await agent.address("web");
    const before = agent.pool;
    const line = new Line();
    let saved: ReturnType<typeof cluster.world.kubernetes.snapshot> | undefined;
    line.fateOf = ({ what }) => {
      if (/^PUT .*nodeeniconfigs/.test(what)) saved ??= cluster.world.kubernetes.snapshot();
      return "through";
    };
    await agent.restart(line);
    for (let pass = 0; pass < 3; pass++) await agent.maintain(line);
    const given = new Set(before.filter((address) => !cluster.has(address as Address)));
    expect(given.size).toBeGreaterThan(0);
    if (saved === undefined) throw new Error("nothing was written");
    cluster.world.kubernetes.restore(saved);
    await agent.restart();
    for (let pods = 0; pods < 8; pods++) await agent.add(`next-${pods}`);
    for (let minutes = 0; minutes < 4; minutes++) {
      await cluster.wait(1);
      await agent.maintain();
    }
    expect([...agent.pool, ...agent.cooling].filter((address) => given.has(address))).toEqual([]);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H61 ${allocator}: keeps in the pool what EC2 shows at both looks`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 2 });
    exhaust(cluster);
    await agent.maintain();
    const before = agent.pool;
    leaseOfAnHourAgo(agent);
    await agent.restart();
    const request = agent.request("web");
    await agent.add(request);
    await cluster.wait(REST_MINUTES);
    const address = await agent.address(request);
    expect(before).toContain(address);
    expect(new Set([address, ...agent.pool])).toEqual(new Set(before));
    expect(agent.cooling).toEqual([]);
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
    await cluster.wait(REST_MINUTES);
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
