import { expect, test } from "@jest/globals";
import { TAG } from "../../src/domain/objects/names.ts";
import { AGENT_KEY } from "../../src/sandbox/engine/world.ts";
import type { AgentNode } from "./agent-node.ts";
import type { AgentCluster } from "./harness.ts";
import { BOTH, laid, wantPool } from "./laid.ts";

const ASSIGN = "AssignPrivateIpAddresses";
const MINUTE = 60_000;

const asked = (cluster: AgentCluster): number => cluster.world.ec2.calls.count(ASSIGN, AGENT_KEY);

/** Others take what the subnet has left, but for so many. */
function crowd(cluster: AgentCluster, left = 0, subnetID = cluster.subnetID): { leave(): void } {
  const { ec2 } = cluster.world;
  const other = ec2.seed.createInterface({ subnetID });
  const subnets = ec2.call("DescribeSubnets", { SubnetIds: [subnetID] }).Subnets ?? [];
  const free = subnets[0]?.AvailableIpAddressCount ?? 0;
  const addresses = ec2.seed.assign(other, free - left);
  return {
    leave: () =>
      void ec2.call("UnassignPrivateIpAddresses", {
        NetworkInterfaceId: other,
        PrivateIpAddresses: [...addresses],
      }),
  };
}

/** Maintains every ten seconds, for so long. */
async function maintainFor(agent: AgentNode, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 10_000) {
    await agent.maintain();
    await agent.cluster.clock.pass(10_000);
  }
}

for (const allocator of BOTH) {
  test(`${allocator}: a full subnet is asked again after half a minute, then after twice as long each time, ten minutes at most`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    crowd(cluster);
    await agent.address("web");
    await agent.maintain();
    // First for all that is missing, then for one.
    expect(asked(cluster)).toBe(2);
    await maintainFor(agent, 60 * MINUTE);
    // Half a minute, one, two, four, eight, and then every ten minutes.
    expect(asked(cluster)).toBe(2 + 5 + 4);
  });

  test(`${allocator}: an ADD in a full subnet asks once, and its next tries don't ask, but say so`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    crowd(cluster);
    await agent.address("web");
    await agent.maintain();
    const before = asked(cluster);
    for (let tries = 0; tries < 4; tries++) {
      const added = await agent.add("next");
      const why = new RegExp(`^subnet ${cluster.subnetID} has no free address; asked again in \\d+ s$`);
      expect(added).toEqual({ kind: "again", why: expect.stringMatching(why) });
      await cluster.clock.pass(5_000);
    }
    expect(asked(cluster)).toBe(before);
    expect(cluster.world.ec2.calls.count("DescribeNetworkInterfaces", AGENT_KEY)).toBeLessThan(6);
    await cluster.clock.pass(15_000);
    await agent.add("next");
    expect(asked(cluster)).toBe(before + 1);
  });

  test(`${allocator}: a request for one address that was refused is not sent twice`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    wantPool(cluster, { min: 0, max: 1 });
    crowd(cluster);
    await agent.address("web");
    expect(await agent.add("next")).toMatchObject({ kind: "again" });
    expect(asked(cluster)).toBe(1);
  });

  test(`${allocator}: when room comes back a Pod that waits gets its address within the longest pause`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    const others = crowd(cluster);
    await agent.address("web");
    const request = agent.request("next");
    for (let passed = 0; passed < 45 * MINUTE; passed += 15_000) {
      expect(await agent.add(request)).toMatchObject({ kind: "again" });
      await cluster.clock.pass(15_000);
    }
    others.leave();
    const since = cluster.clock.now();
    while ((await agent.add(request))?.kind !== "added") {
      await cluster.clock.pass(15_000);
      expect(cluster.clock.now() - since).toBeLessThanOrEqual(10 * MINUTE + 15_000);
    }
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`${allocator}: what a Pod of the node has left is handed out during the pause`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    crowd(cluster);
    const request = agent.request("web");
    const address = await agent.address(request);
    await agent.maintain();
    expect(await agent.add("next")).toMatchObject({ kind: "again" });
    await agent.end(request);
    await cluster.clock.pass(31_000);
    const before = asked(cluster);
    expect(await agent.add("later")).toMatchObject({ kind: "added", address });
    expect(asked(cluster)).toBe(before);
  });

  test(`${allocator}: an address of the node that was given back ends the pause`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    const others = crowd(cluster);
    await agent.address("web");
    await maintainFor(agent, 20 * MINUTE);
    others.leave();
    agent.node.updateStatus((status) => ({ ...status, sweepEpoch: (status.sweepEpoch ?? 0) + 1 }));
    await cluster.clock.pass(16_000);
    expect(await agent.add("next")).toMatchObject({ kind: "added" });
  });

  test(`${allocator}: a success ends the pause, and the next one begins as the first did`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    const others = crowd(cluster);
    await agent.address("web");
    await maintainFor(agent, 20 * MINUTE);
    others.leave();
    await maintainFor(agent, 11 * MINUTE);
    const before = asked(cluster);
    crowd(cluster);
    for (const name of ["one", "two", "three", "four", "five"]) await agent.add(name);
    expect(asked(cluster)).toBe(before + 2);
    await cluster.clock.pass(31_000);
    await agent.add("six");
    expect(asked(cluster)).toBe(before + 3);
  });

  test(`${allocator}: an interface in another subnet is asked while one subnet is full`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    const { ec2 } = cluster.world;
    const subnetID = ec2.seed.addSubnet({ cidr: "10.0.64.0/24" });
    const { instanceID } = agent.node;
    const attachment = { instanceID, deviceIndex: 1, deleteOnTermination: true };
    const second = ec2.seed.createInterface({ subnetID, attachment });
    crowd(cluster);
    await agent.address("web");
    await agent.maintain();
    await agent.maintain();
    expect(await agent.add("next")).toMatchObject({ kind: "added", interfaceID: second });
  });

  test(`H65 ${allocator}: keeps off an interface of its instance that another cluster has tagged`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    const { instanceID } = agent.node;
    const other = cluster.world.ec2.seed.createInterface({
      subnetID: cluster.subnetID,
      attachment: { instanceID, deviceIndex: 1, deleteOnTermination: true },
      tags: { [TAG.clusterUID]: "11111111-2222-4333-8444-555555555555" },
    });
    for (const name of ["one", "two", "three"]) {
      await agent.maintain();
      expect(await agent.add(name)).toMatchObject({ kind: "added", interfaceID: agent.node.interfaceIDs[0] });
    }
    expect(agent.status.interfaces?.map(({ id }) => id)).toEqual(agent.node.interfaceIDs);
    const item = cluster.world.ec2.snapshot().find(({ id }) => id === other);
    expect(item?.secondary).toEqual([]);
  });

  test(`${allocator}: too many calls are followed by a pause, and then EC2 is asked again`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    const code = "RequestLimitExceeded";
    cluster.world.ec2Faults.add({ kind: "error", code, status: 503, action: ASSIGN, nth: 1 });
    await agent.address("web");
    await agent.maintain();
    expect(asked(cluster)).toBe(0);
    expect(await agent.add("next")).toEqual({ kind: "again", why: expect.stringContaining(code) });
    await cluster.clock.pass(4_000);
    expect(await agent.add("next")).toMatchObject({ kind: "added" });
  });
}

test("a pause survives ipamd", async () => {
  const { cluster, agent } = await laid({ secondaries: 1 });
  crowd(cluster);
  await agent.address("web");
  await agent.maintain();
  const before = asked(cluster);
  for (let times = 0; times < 3; times++) {
    await agent.restart();
    await agent.maintain();
    expect(await agent.add("next")).toMatchObject({ kind: "again" });
  }
  expect(asked(cluster)).toBe(before);
});
