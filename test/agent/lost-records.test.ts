import { expect, test } from "@jest/globals";
import type { Address } from "../../src/domain/address.ts";
import type { AgentNode } from "./agent-node.ts";
import { exhaust, laid, layClaim, lineTo } from "./laid.ts";

/** A node that doubts what its interface has got, and one address on it that nothing accounts for. */
async function doubting(): Promise<{ agent: AgentNode; address: Address }> {
  const { cluster, agent } = await laid({ secondaries: 1 });
  const old = agent.request("db");
  layClaim(cluster);
  const address = await agent.address(old);
  await agent.end(old);
  await agent.maintain();
  // A refill that is killed in the middle, and a VpcIP that a person deletes, or a restore loses.
  const line = lineTo(/^Assign/, "killed-before");
  agent.node.updateStatus((status) => ({ ...status, pool: [] }));
  await agent.restart(line);
  await agent.maintain();
  await agent.restart();
  exhaust(cluster);
  cluster.world.kubernetes.erase("vpcips.vpcip.dev", address);
  return { agent, address };
}

async function twoLooks(agent: AgentNode): Promise<void> {
  for (let pass = 0; pass < 15; pass++) {
    await agent.maintain();
    await agent.cluster.clock.pass(10_000);
  }
}

test("H61 keeps out of the pool an address that a static claim names although its VpcIP was lost, for its Pod", async () => {
  const { agent, address } = await doubting();
  await twoLooks(agent);
  expect(agent.pool).not.toContain(address);
  agent.cluster.world.ec2Faults.clear();
  expect(await agent.address("db")).toBe(address);
  expect(agent.cluster.misdeeds).toEqual([]);
});

test("H61 pools such an address where its claim is gone, too", async () => {
  const { agent, address } = await doubting();
  agent.cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
  await twoLooks(agent);
  expect(agent.pool).toContain(address);
});

test("H62 pools nothing from two looks while the list of claims lacks its sentinel", async () => {
  const { agent, address } = await doubting();
  const { kubernetes } = agent.cluster.world;
  kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
  kubernetes.erase("vpcipclaims.vpcip.dev", "sentinel", "vpcip-system");
  await twoLooks(agent);
  expect(agent.pool).not.toContain(address);
});
