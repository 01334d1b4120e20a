import { expect, test } from "@jest/globals";
import type { AgentNode } from "./agent-node.ts";
import type { AgentCluster } from "./harness.ts";
import { exhaust, laid, lineTo, release } from "./laid.ts";

/** A refill whose answer was lost: EC2 has given addresses that nobody recorded. Its agent has started again. */
async function unrecorded(): Promise<{ cluster: AgentCluster; agent: AgentNode; lost: readonly string[] }> {
  const { cluster, agent } = await laid({ secondaries: 1 });
  agent.node.updateStatus((status) => ({ ...status, pool: [] }));
  await agent.restart(lineTo(/^Assign/, "killed-after"));
  const before = onInterface(cluster, agent);
  await agent.maintain();
  const lost = onInterface(cluster, agent).filter((address) => !before.includes(address));
  expect(lost).not.toEqual([]);
  await agent.restart();
  exhaust(cluster);
  return { cluster, agent, lost };
}

function onInterface(cluster: AgentCluster, { node }: AgentNode): readonly string[] {
  return cluster.world.ec2.snapshot().find(({ id }) => id === node.interfaceIDs[0])?.secondary ?? [];
}

/** Passes of upkeep over that time, ten seconds apart. */
async function passes(agent: AgentNode, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 10) {
    await agent.maintain();
    await agent.cluster.clock.pass(10_000);
  }
}

const pooled = (agent: AgentNode, addresses: readonly string[]): readonly string[] =>
  agent.pool.filter((address) => addresses.includes(address));

test("H80 keeps out of the pool what one look shows, and pools what a second one a minute later shows again", async () => {
  const { agent, lost } = await unrecorded();
  await passes(agent, 60);
  expect(pooled(agent, lost)).toEqual([]);
  await passes(agent, 20);
  expect(pooled(agent, lost)).toHaveLength(lost.length);
});

test("H63 H80 keeps out of the pool what two looks show with a bump in between, and pools what two more show", async () => {
  const { agent, lost } = await unrecorded();
  await passes(agent, 30);
  agent.node.updateStatus((status) => ({ ...status, sweepEpoch: (status.sweepEpoch ?? 0) + 1 }));
  await passes(agent, 60);
  expect(pooled(agent, lost)).toEqual([]);
  await passes(agent, 60);
  expect(pooled(agent, lost)).toHaveLength(lost.length);
});

test("H80 keeps out of the pool what the second look doesn't show any more", async () => {
  const { cluster, agent, lost } = await unrecorded();
  await passes(agent, 30);
  for (const address of lost) release(cluster, address, agent.node.interfaceIDs[0] ?? "");
  await passes(agent, 120);
  expect(pooled(agent, lost)).toEqual([]);
});

test("H40 H63 pools what a refill got whose intent a bump took away, after two looks and not by its record", async () => {
  const { cluster, agent } = await laid({ secondaries: 1 });
  agent.node.updateStatus((status) => ({ ...status, pool: [] }));
  const before = onInterface(cluster, agent);
  cluster.world.ec2.onChange(({ kind }) => {
    if (kind !== "addressAssigned") return;
    agent.node.updateStatus((status) => ({
      ...status,
      sweepEpoch: (status.sweepEpoch ?? 0) + 1,
      refills: [],
    }));
    exhaust(cluster);
  });
  await agent.maintain();
  const got = onInterface(cluster, agent).filter((address) => !before.includes(address));
  expect(got).not.toEqual([]);
  await passes(agent, 50);
  expect(pooled(agent, got)).toEqual([]);
  await passes(agent, 40);
  expect(pooled(agent, got)).toHaveLength(got.length);
});
