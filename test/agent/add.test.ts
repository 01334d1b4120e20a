import { expect, test } from "@jest/globals";
import { AgentCluster } from "./harness.ts";

for (const allocator of ["ipamd", "cni"] as const) {
  const laid = async () => {
    const cluster = new AgentCluster();
    const agent = cluster.agent("a", { allocator, instanceType: "m5.large" });
    agent.node.poolSpares();
    await cluster.start();
    await agent.start();
    return { cluster, agent };
  };

  test(`${allocator}: a Pod gets an address of the pool, with its VpcIP, and gives it back to cooling`, async () => {
    const { cluster, agent } = await laid();
    const request = agent.request("web");
    const address = await agent.address(request);
    expect(cluster.record(address)?.spec.claim).toEqual({
      namespace: "default",
      name: "web",
      podUID: request.podUID,
      containerID: request.containerID,
    });
    expect(await agent.del(request.containerID)).toBe("done");
    expect(cluster.record(address)).toBeUndefined();
    expect(agent.cooling).toEqual([address]);
    expect(agent.pool).not.toContain(address);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`${allocator}: ADD again for the same container gives the same address, and writes no second VpcIP`, async () => {
    const { cluster, agent } = await laid();
    const request = agent.request("web");
    const address = await agent.address(request);
    expect(await agent.address(request)).toBe(address);
    expect(
      cluster.world.api.list("vpcips").filter(({ metadata }) => metadata.name !== "0.0.0.0"),
    ).toHaveLength(1);
  });

  test(`${allocator}: no two Pods get one address, an empty pool is filled, a full interface says "again"`, async () => {
    const { cluster, agent } = await laid();
    const all = [];
    for (const name of ["one", "two", "three", "four"]) all.push(await agent.address(name));
    expect(new Set(all).size).toBe(4);
    expect(await agent.add("five")).toMatchObject({ kind: "added" });
    for (const name of ["six", "seven", "eight", "nine"]) await agent.add(name);
    expect(await agent.add("ten")).toEqual({
      kind: "again",
      why: expect.stringMatching(
        /^interface eni-\S+ gets no address \(PrivateIpAddressLimitExceeded\); asked/,
      ),
    });
    expect(cluster.misdeeds).toEqual([]);
  });
}
