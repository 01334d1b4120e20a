import { expect, test } from "@jest/globals";
import type { Address } from "../../src/domain/address.ts";
import { BOTH, laid, lineTo } from "./laid.ts";

const UNASSIGN = /^Unassign/;

for (const allocator of BOTH) {
  test(`${allocator}: releases what the pool has above its high water, and no more`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    const address = await agent.address("web");
    for (let pass = 0; pass < 3; pass++) await agent.maintain();
    expect(agent.pool).toHaveLength(6);
    expect(cluster.has(address)).toBe(true);
    expect(cluster.leaks).toEqual([]);
    expect(cluster.misdeeds).toEqual([]);
    expect(cluster.unfinished).toEqual([]);
  });

  test(`H29 ${allocator}: keeps everything while a freeze is on`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    cluster.freeze();
    await agent.maintain();
    expect(agent.pool).toHaveLength(9);
    expect(agent.status.sweepEpoch).toBe(0);
  });

  test(`H29 ${allocator}: a freeze that comes after the intent stops the request, and the pool has all again`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    await agent.maintain();
    const before = agent.pool.length;
    agent.node.updateStatus((status) => ({ ...status, pool: [...(status.pool ?? [])] }));
    const more = cluster.world.ec2.seed.assign(agent.node.interfaceIDs[0] ?? "", 3);
    const interfaceID = agent.node.interfaceIDs[0] ?? "";
    agent.node.updateStatus((status) => ({
      ...status,
      pool: [...(status.pool ?? []), ...more.map((address) => ({ address, interfaceID }))],
    }));
    const line = lineTo(/^POST .*\/vpcips/, "through");
    let posts = 0;
    line.fateOf = ({ what }) => {
      if (/^POST .*\/vpcips/.test(what) && ++posts === 1) cluster.freeze();
      return "through";
    };
    await agent.restart(line);
    await agent.maintain(line);
    expect(posts).toBeGreaterThan(0);
    expect(line.crossings.some(({ what }) => UNASSIGN.test(what))).toBe(false);
    expect(agent.pool).toHaveLength(before + 3);
    expect(cluster.unfinished).toEqual([]);
  });

  test(`H21 ${allocator}: where the answer is lost the address stays bound to its interface, and is not handed out there`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 7 });
    const line = lineTo(UNASSIGN, "lost-before");
    await agent.restart(line);
    await agent.maintain(line);
    const [bound] = cluster.unfinished as Address[];
    if (bound === undefined) throw new Error("nothing is bound");
    const { tombstones = [], claim } = cluster.record(bound)?.spec ?? {};
    expect(claim).toBeUndefined();
    expect(tombstones.map(({ interfaceID }) => interfaceID)).toEqual(agent.node.interfaceIDs);
    expect(agent.pool).not.toContain(bound);
    await agent.restart();
    // EC2 did nothing, and the allocator sees it on its interface: it is bound all the same.
    agent.node.updateStatus((status) => ({
      ...status,
      pool: [{ address: bound, interfaceID: agent.node.interfaceIDs[0] ?? "" }],
    }));
    expect(await agent.add("web")).not.toMatchObject({ address: bound });
    await cluster.converge();
    expect(cluster.leaks).toEqual([]);
    expect(cluster.unfinished).toEqual([]);
  });

  test(`${allocator}: an address that EC2 doesn't show on its interface is not asked for`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 7 });
    const last = (agent.status.pool ?? []).at(-1);
    if (last === undefined) throw new Error("no pool");
    cluster.world.ec2.call("UnassignPrivateIpAddresses", {
      NetworkInterfaceId: last.interfaceID,
      PrivateIpAddresses: [last.address],
    });
    await agent.maintain();
    expect(cluster.unfinished).toEqual([]);
    expect(agent.pool).toHaveLength(6);
  });
}
