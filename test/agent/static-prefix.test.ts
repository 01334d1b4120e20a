import { expect, test } from "@jest/globals";
import { addressesOn } from "../../src/agent/node/interfaces.ts";
import type { Address } from "../../src/domain/address.ts";
import { SYSTEM_NAMESPACE } from "../../src/domain/objects/names.ts";
import type { AgentNode } from "./agent-node.ts";
import { AgentCluster } from "./harness.ts";
import { type Allocator, BOTH, exhaust, layClaim } from "./laid.ts";

/** A node whose pool is a member of a prefix, and a secondary beside it where it says so; a static claim for db. */
async function prefixed(
  allocator: Allocator,
  secondaries: number,
): Promise<{ cluster: AgentCluster; agent: AgentNode; member: Address; secondary: Address | undefined }> {
  const cluster = new AgentCluster();
  const agent = cluster.agent("a", { allocator, secondaries: 0 });
  const interfaceID = agent.node.addInterface(secondaries, 1);
  const item = cluster.world.ec2.snapshot().find(({ id }) => id === interfaceID);
  const [prefix = ""] = item?.prefixes ?? [];
  const member = prefix.replace(/\d+\/28$/, (text) => String(Number.parseInt(text, 10) + 3)) as Address;
  const [secondary] = item?.secondary ?? [];
  const pooled = [member, ...(secondary === undefined ? [] : [secondary])];
  agent.node.updateStatus((status) => ({
    ...status,
    pool: pooled.map((address) => ({ address, interfaceID })),
  }));
  layClaim(cluster);
  await cluster.start();
  await agent.start();
  return { cluster, agent, member, secondary };
}

for (const allocator of BOTH) {
  test(`${allocator}: a static claim's first address is no member of a prefix, which could never move, where the pool has another`, async () => {
    const { agent, member, secondary } = await prefixed(allocator, 1);
    expect(await agent.address("db")).toBe(secondary);
    expect(await agent.address("web")).toBe(member);
  });

  test(`H60 ${allocator}: where the pool has members of a prefix alone, EC2 is asked for an address that can move`, async () => {
    const { cluster, agent, member } = await prefixed(allocator, 0);
    const other = cluster.agent("b", { allocator, secondaries: 0 });
    await other.start();
    const old = agent.request("db");
    const address = await agent.address(old);
    expect(address).not.toBe(member);
    expect(agent.pool).toContain(member);
    await agent.end(old);
    // On another node the Pod waits for no longer than the old one rests.
    const next = other.request("db");
    for (let tries = 0; tries < 3; tries++) {
      if ((await other.add(next))?.kind === "added") break;
      await cluster.wait(1);
      await agent.maintain();
    }
    expect([...other.node.pods.values()].map((pod) => pod.address)).toEqual([address]);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H35 ${allocator}: keeps the member of a prefix that a static claim has for the Pod that comes back`, async () => {
    const { cluster, agent, member } = await prefixed(allocator, 0);
    exhaust(cluster);
    const old = agent.request("db");
    expect(await agent.address(old)).toBe(member);
    await agent.end(old);
    await agent.maintain();
    expect(await agent.address("db")).toBe(member);
  });

  test(`H61 ${allocator}: keeps the members of a prefix in the pool where etcd's memory is in doubt: they are on their interface`, async () => {
    const { cluster, agent, member } = await prefixed(allocator, 1);
    await agent.address("db");
    cluster.world.kubernetes.erase("leases.coordination.k8s.io", "a", SYSTEM_NAMESPACE);
    await agent.restart();
    await agent.add("web");
    await agent.maintain();
    expect([...agent.pool, ...agent.cooling]).toContain(member);
  });
}

test("an interface has the members of its prefixes, which EC2 doesn't list", () => {
  const item = { addresses: ["10.0.0.5"], prefixes: ["10.0.0.16/28"] } as never;
  expect(addressesOn(item)).toHaveLength(17);
  expect(addressesOn(item)).toContain("10.0.0.31");
});
