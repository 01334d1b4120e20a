/** Allocators that are killed, start again or never come back, with the functions at work beside them. */
import { describe, expect, test } from "@jest/globals";
import type { AddRequest } from "../../src/agent/index.ts";
import type { Address } from "../../src/domain/address.ts";
import { Line } from "../../src/sandbox/in-process/index.ts";
import type { AgentNode } from "../agent/agent-node.ts";
import type { AgentCluster } from "../agent/harness.ts";
import { exhaust, laid, later, lineTo, release } from "../agent/laid.ts";

const ALLOCATORS = ["ipamd", "cni"] as const;

async function withPods(allocator: "ipamd" | "cni", count: number) {
  const { cluster, agent } = await laid({ allocator, secondaries: 6 });
  const requests = Array.from({ length: count }, (_, index) => agent.request(`web-${index}`));
  const addresses: Address[] = [];
  for (const request of requests) addresses.push(await agent.address(request));
  await agent.maintain();
  return { cluster, agent, requests, addresses };
}

/** Whatever the functions do: no Pod loses its address, and nothing is left in the end. */
function expectUnhurt(cluster: AgentCluster, addresses: readonly string[]): void {
  expect([cluster.wrong, cluster.misdeeds]).toEqual([[], []]);
  for (const address of addresses) expect([address, cluster.has(address)]).toEqual([address, true]);
}

/** The sandbox is gone, and no DEL ever tells. */
function endUnheard(agent: AgentNode, { containerID }: AddRequest): void {
  const pod = agent.node.pods.get(containerID);
  if (pod === undefined) throw new Error("it doesn't run");
  agent.node.endSandbox(pod);
}

describe.each(ALLOCATORS)("H16 %s starts again", (allocator) => {
  test("with nothing in its memory and its VpcIPs and Pods gone from the API: its sandboxes' addresses are kept", async () => {
    const { cluster, agent, addresses } = await withPods(allocator, 2);
    agent.kill();
    for (const address of addresses) cluster.world.kubernetes.erase("vpcips.vpcip.dev", address);
    for (const name of ["web-0", "web-1"]) cluster.world.kubernetes.erase("pods", name, "default");
    await cluster.collect("leaks");
    await cluster.wait(31);
    await agent.start();
    await cluster.collect("due");
    await cluster.drain();
    expectUnhurt(cluster, addresses);
    await agent.maintain();
    for (const address of addresses) expect(cluster.record(address)?.spec.claim?.podUID).toBeDefined();
    await cluster.converge();
    expectUnhurt(cluster, addresses);
  });

  test("and is asked for its lease while it reads its state: what it has is kept, whatever it has read by then", async () => {
    const counted = new Line();
    const { agent: first } = await withPods(allocator, 1);
    await first.restart(counted);
    await first.maintain(counted);
    for (let nth = 1; nth <= counted.crossings.length; nth++) {
      const { cluster, agent, addresses } = await withPods(allocator, 1);
      agent.kill();
      for (const address of addresses) cluster.world.kubernetes.erase("vpcips.vpcip.dev", address);
      cluster.world.kubernetes.erase("pods", "web-0", "default");
      await cluster.collect("leaks");
      await cluster.wait(31);
      const { until, go } = later();
      const line = new Line();
      line.fateOf = (_crossing, count) => (count === nth ? { frozen: "before", until } : "through");
      await agent.start(line);
      const upkeep = agent.begin((one) => one.maintain(), line);
      await cluster.wait(0.1);
      await cluster.collect("due");
      await cluster.drain();
      expect([nth, cluster.wrong]).toEqual([nth, []]);
      go();
      await cluster.clock.until((upkeep ?? Promise.resolve()).catch(() => undefined));
      await cluster.converge();
      expectUnhurt(cluster, addresses);
    }
  }, 60_000);
});

describe.each(ALLOCATORS)("H28 %s starts again while an address cools down", (allocator) => {
  test("keeps it from Pods and from the functions until its time is over; then it is handed out", async () => {
    const { cluster, agent } = await laid({
      allocator,
      secondaries: 1,
      settings: { coolingSeconds: 3600 },
    });
    exhaust(cluster);
    const request = agent.request("web");
    const address = await agent.address(request);
    await agent.end(request);
    const until = agent.status.cooling?.[0]?.until;
    for (let restarts = 0; restarts < 3; restarts++) {
      await agent.restart();
      await agent.maintain();
      expect(await agent.add(`early-${restarts}`)).toMatchObject({ kind: "again" });
      await cluster.collect("leaks");
      await cluster.wait(10);
      await cluster.collect("due");
      await cluster.drain();
    }
    expect(agent.status.cooling).toEqual([{ address, interfaceID: expect.any(String), until }]);
    expect([cluster.has(address), cluster.isMarked(address)]).toEqual([true, false]);
    await cluster.wait(31);
    await agent.maintain();
    expect(await agent.address("late")).toBe(address);
    expect(cluster.misdeeds).toEqual([]);
  });
});

describe.each(ALLOCATORS)("H40 %s is killed between EC2's answer and its record", (allocator) => {
  async function killed() {
    const { cluster, agent, addresses } = await withPods(allocator, 1);
    agent.node.updateStatus((status) => ({ ...status, pool: status.pool?.slice(0, 1) ?? [] }));
    const line = lineTo(/^Assign/, "killed-after");
    await agent.restart(line);
    const before = new Set(cluster.world.assignedTo(agent.node.interfaceIDs[0] ?? ""));
    await agent.maintain(line);
    const now = cluster.world.assignedTo(agent.node.interfaceIDs[0] ?? "");
    const got = now.filter((address) => !before.has(address));
    expect([line.isDead, got.length > 0]).toEqual([true, true]);
    return { cluster, agent, addresses, got };
  }

  test("and never comes back: released after its grace, not before; kept, and people are told, where a daemon should answer", async () => {
    const { cluster, addresses, got } = await killed();
    await cluster.collect("leaks");
    await cluster.dueRun(31);
    for (const address of got) expect(cluster.has(address)).toBe(true);
    for (let days = 0; days < 3; days++) await cluster.day();
    const isDaemon = allocator === "ipamd";
    for (const address of got) expect([address, cluster.has(address)]).toEqual([address, isDaemon]);
    expect(cluster.heard.alarmKinds.includes("allocator-silent")).toBe(isDaemon);
    expectUnhurt(cluster, addresses);
  });

  test("and comes back: what it got is in its pool or given back", async () => {
    const { cluster, agent, addresses, got } = await killed();
    await agent.restart();
    await cluster.converge();
    for (const address of got) expect(cluster.has(address)).toBe(agent.pool.includes(address));
    expect([cluster.leaks, cluster.unfinished]).toEqual([[], []]);
    expectUnhurt(cluster, addresses);
  });
});

describe.each(ALLOCATORS)(
  "H42 a sandbox that is made again on a node with %s, its DEL never comes",
  (allocator) => {
    test("the old address comes back, and the new sandbox's is kept", async () => {
      const { cluster, agent, requests, addresses } = await withPods(allocator, 1);
      const [old = agent.request("none")] = requests;
      endUnheard(agent, old);
      const next = { ...old, containerID: "made-again" };
      const other = await agent.address(next);
      expect(other).not.toBe(addresses[0]);
      await cluster.converge();
      expect(cluster.record(addresses[0] ?? "")).toBeUndefined();
      expect(cluster.record(other)?.spec.claim?.containerID).toBe("made-again");
      expect(agent.isRunning(next)).toBe(true);
      expect([cluster.leaks, cluster.unfinished]).toEqual([[], []]);
      expectUnhurt(cluster, [other]);
    });
  },
);

describe.each(ALLOCATORS)("H80 %s starts again after its address was given back", (allocator) => {
  /** The refill that got it was never recorded; EC2 is asked for more in vain. */
  async function forgotten() {
    const { cluster, agent } = await laid({ allocator, secondaries: 2 });
    exhaust(cluster);
    const web = await agent.address("web");
    await agent.maintain();
    const [entry] = agent.status.pool ?? [];
    if (entry === undefined || entry.address === web) throw new Error("the pool has not what it should");
    await cluster.wait(2);
    const { address, interfaceID } = entry;
    const startedAt = cluster.world.timestamp();
    const refills = [{ id: "of-an-earlier-life", interfaceID, count: 1, startedAt }];
    agent.node.updateStatus((status) => ({ ...status, pool: [], refills }));
    cluster.world.truth.forget(address as Address, interfaceID);
    return { cluster, agent, address, interfaceID };
  }

  test("and EC2 shows it yet: it is never pooled, and no Pod gets it", async () => {
    const { cluster, agent, address, interfaceID } = await forgotten();
    cluster.world.ec2.setDescribeLag(50_000);
    release(cluster, address, interfaceID);
    await agent.restart();
    for (let pass = 0; pass < 15; pass++) {
      await agent.maintain();
      expect([pass, agent.pool.includes(address)]).toEqual([pass, false]);
      expect(await agent.add(`early-${pass}`)).not.toMatchObject({ address });
      await cluster.clock.pass(10_000);
    }
    expect(cluster.misdeeds).toEqual([]);
  });

  test("keeps for its pool what was not given back, after two looks and not after one; without a daemon the functions release it", async () => {
    const { cluster, agent, address } = await forgotten();
    await agent.restart();
    await agent.maintain();
    await cluster.clock.pass(30_000);
    await agent.maintain();
    expect(agent.pool).not.toContain(address);
    await cluster.clock.pass(31_000);
    await agent.maintain();
    expect(agent.pool.includes(address)).toBe(allocator === "ipamd");
    await cluster.converge();
    expect(cluster.has(address)).toBe(allocator === "ipamd");
    expect([cluster.wrong, cluster.misdeeds]).toEqual([[], []]);
  });
});
