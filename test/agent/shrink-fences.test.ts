import { expect, test } from "@jest/globals";
import type { Address } from "../../src/domain/address.ts";
import { TAG } from "../../src/domain/objects/names.ts";
import type { AgentNode } from "./agent-node.ts";
import { BOTH, laid, layClaim } from "./laid.ts";
import { atFirstIntent, tag, trip } from "./moving.ts";

const interfaceOf = ({ node }: AgentNode): string => node.interfaceIDs[0] ?? "";
const lastOfPool = ({ pool }: AgentNode): Address => pool.at(-1) as Address;

for (const allocator of BOTH) {
  test(`H63 ${allocator}: what a pool gives back bumps the config before its intents, which takes nothing out of the pool, and leaves no open refill`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    const startedAt = cluster.world.timestamp();
    const seen = atFirstIntent(agent);
    agent.node.updateStatus((status) => ({
      ...status,
      refills: [{ id: "refill/of-another-process", interfaceID: interfaceOf(agent), count: 1, startedAt }],
    }));
    await agent.maintain();
    expect(agent.pool).toHaveLength(6);
    expect(seen().sweepEpoch).toBe(1);
    expect(seen().pool).toHaveLength(9);
    expect(seen().refills).toEqual([]);
  });

  test(`H69 ${allocator}: keeps all of them where one has left the pool since the intents`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    const last = lastOfPool(agent);
    const seen = atFirstIntent(agent, () =>
      agent.node.updateStatus((status) => ({
        ...status,
        sweepEpoch: (status.sweepEpoch ?? 0) + 1,
        pool: (status.pool ?? []).filter(({ address }) => address !== last),
      })),
    );
    await agent.maintain();
    expect(seen()).toBeDefined();
    expect(cluster.world.ec2.calls.count("UnassignPrivateIpAddresses")).toBe(0);
    expect(agent.pool).toHaveLength(8);
    expect(cluster.unfinished).toEqual([]);
  });

  test(`H17 ${allocator}: releases what is above its high water while a breaker holds another node; keeps it while one holds its own`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    for (const [scope, name] of [
      ["node", "a"],
      ["subnet", agent.node.subnetID],
      ["cluster", ""],
    ] as const) {
      trip(cluster, scope, name);
      await agent.maintain();
      expect(agent.pool).toHaveLength(9);
    }
    expect(agent.status.sweepEpoch).toBe(0);
    trip(cluster, "node", "z");
    await agent.maintain();
    expect(agent.pool).toHaveLength(6);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H18 ${allocator}: keeps what a static claim names, although its VpcIP was lost; releases others`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    const address = lastOfPool(agent);
    layClaim(cluster, {}, { address, nodeName: "a", podUID: "db-uid" });
    await agent.maintain();
    expect(agent.pool).toHaveLength(6);
    expect(cluster.has(address)).toBe(true);
  });

  test(`H62 ${allocator}: keeps everything while the list of claims lacks its sentinel`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "sentinel", "vpcip-system");
    await agent.maintain();
    expect(agent.pool).toHaveLength(9);
    expect(agent.status.sweepEpoch).toBe(0);
  });

  test(`H18 ${allocator}: keeps what a Pod of the node shows; releases others`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    const address = lastOfPool(agent);
    agent.node.layPod(
      { namespace: "default", name: "other", uid: "other-uid" },
      { phase: "Running", podIP: address },
    );
    await agent.maintain();
    expect(agent.pool).toHaveLength(6);
    expect(cluster.has(address)).toBe(true);
  });

  test(`H65 ${allocator}: keeps what is on an interface with another cluster's tag`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    tag(cluster, interfaceOf(agent), { [TAG.clusterUID]: "another" });
    await agent.maintain();
    expect(agent.pool).toHaveLength(9);
    tag(cluster, interfaceOf(agent), { [TAG.clusterUID]: cluster.world.clusterUID });
    await agent.maintain();
    expect(agent.pool).toHaveLength(6);
  });

  test(`H30 ${allocator}: keeps everything where the lease was deleted after the intents`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    const seen = atFirstIntent(agent, () =>
      cluster.world.kubernetes.erase("leases.coordination.k8s.io", "a", "vpcip-system"),
    );
    const before = cluster.world.ec2.snapshot().find(({ id }) => id === interfaceOf(agent));
    await agent.maintain();
    expect(seen()).toBeDefined();
    const after = cluster.world.ec2.snapshot().find(({ id }) => id === interfaceOf(agent));
    expect(after?.secondary).toEqual(before?.secondary);
  });
}

for (const allocator of BOTH)
  test(`H79 ${allocator}: keeps all where one of what it gives back has left the pool meanwhile; releases them the next time`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 9 });
    const address = lastOfPool(agent);
    const seen = atFirstIntent(agent, () => {
      agent.node.updateStatus(({ pool = [], ...status }) => ({
        ...status,
        pool: pool.filter((entry) => entry.address !== address),
      }));
    });
    await agent.maintain();
    expect(seen().pool).toHaveLength(9);
    expect(agent.pool).toHaveLength(8);
    for (const pooled of [...agent.pool, address]) expect(cluster.has(pooled)).toBe(true);
    expect(cluster.unfinished).toEqual([]);
    await agent.maintain();
    expect(agent.pool).toHaveLength(6);
  });
