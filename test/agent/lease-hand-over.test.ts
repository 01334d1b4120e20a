import { expect, test } from "@jest/globals";
import type { Added } from "../../src/agent/index.ts";
import { isAnswered, lastAllocator } from "../../src/domain/node-lease.ts";
import type { StoredLease } from "../../src/domain/objects/lease.ts";
import { ANNOTATION } from "../../src/domain/objects/names.ts";
import { Line } from "../../src/sandbox/in-process/index.ts";
import type { AgentNode } from "./agent-node.ts";
import { laid, later } from "./laid.ts";
import { ask, holder } from "./leases.ts";

const NEXT_RECORD = { user: "vpcip-agent", verb: "POST", resource: "vpcips.vpcip.dev", nth: 1 } as const;

/** An operation stands under the lease, at its VpcIP, until it is let go. */
async function atWork(
  agent: AgentNode,
): Promise<{ readonly running: Promise<Added | undefined>; readonly go: () => void }> {
  const { world, clock } = agent.cluster;
  const { until, go } = later();
  world.kubernetes.faults.add({ ...NEXT_RECORD, kind: "delay", until });
  const running = agent.begin((one) => one.add(agent.request("running")));
  await clock.pass(100);
  return { running, go };
}

test("ipamd keeps its lease between two ADDs, and hands it over with its report when it is asked, idle too", async () => {
  const { cluster, agent } = await laid();
  const address = await agent.address("web");
  const first = holder(cluster);
  expect(first).toMatch(/^ipamd\/a\//);
  await agent.address("next");
  expect(holder(cluster)).toBe(first);
  ask(cluster, "run-1");
  await cluster.clock.pass(100);
  expect(holder(cluster)).toBe("");
  const lease = cluster.lease("a") as StoredLease;
  expect(lease.metadata.annotations?.[`${ANNOTATION.handOverRequestPrefix}run-1`]).toBe("answered");
  expect(agent.status.reportedUnder).toBe(lastAllocator(lease));
  expect(agent.status.bootID).toBe(agent.node.bootID);
  expect(agent.status.inUse).toHaveLength(2);
  expect(agent.status.inUse).toContainEqual(expect.objectContaining({ address }));
  expect(agent.pool).not.toContain(address);

  ask(cluster, "run-2");
  await cluster.clock.pass(100);
  expect(agent.status.reportedUnder).toBe(lastAllocator(cluster.lease("a") as StoredLease));
  expect(lastAllocator(cluster.lease("a") as StoredLease)).not.toBe(lastAllocator(lease));
});

test("H16 ipamd whose report was written without an answer works on under another acquisition, and the report holds no more", async () => {
  const { cluster, agent } = await laid({ allocator: "ipamd" });
  await agent.address("first");
  const line = new Line();
  await agent.restart(line);
  await agent.address("busy");
  let isLost = false;
  line.fateOf = ({ what }) => {
    if (isLost || !/^PUT .*nodeeniconfigs\/a\/status/.test(what)) return "through";
    isLost = true;
    return "lost-after";
  };
  ask(cluster, "run-1", 1);
  await cluster.clock.pass(1_500);
  expect(isLost).toBe(true);
  const reportedUnder = agent.status.reportedUnder;
  expect(reportedUnder).toBe(holder(cluster));
  await agent.address("after");
  expect(holder(cluster)).not.toBe(reportedUnder);
  expect(lastAllocator(cluster.lease("a") as StoredLease)).not.toBe(agent.status.reportedUnder);
});

test("H72 ipamd hands over when its running operation has ended, and the next one waits", async () => {
  const { cluster, agent } = await laid({ secondaries: 6 });
  await agent.address("web");
  const { running, go } = await atWork(agent);
  ask(cluster, "run-1");
  const waiting = agent.begin((one) => one.add(agent.request("waiting")));
  await cluster.clock.pass(100);
  expect(holder(cluster)).not.toBe("");
  go();
  expect(await cluster.clock.until(running)).toMatchObject({ kind: "added" });
  await cluster.clock.pass(100);
  expect(holder(cluster)).toBe("");
  expect(agent.status.inUse).toHaveLength(2);
  expect(await cluster.clock.until(waiting)).toMatchObject({ kind: "added" });
});

test("H72 without a daemon an answer that one call gave keeps the next one from starting, until who asked has had his time", async () => {
  const { cluster, agent } = await laid({ allocator: "cni", secondaries: 6 });
  await agent.address("web");
  const { running, go } = await atWork(agent);
  ask(cluster, "run-1");
  go();
  expect(await cluster.clock.until(running)).toMatchObject({ kind: "added" });
  const lease = cluster.lease("a") as StoredLease;
  expect(isAnswered(lease, "run-1")).toBe(true);
  let added = "not yet";
  const waiting = agent.begin((one) => one.add(agent.request("waiting")));
  void waiting.then((answer) => {
    added = answer?.kind ?? "";
  });
  await cluster.clock.pass(10_000);
  expect(added).toBe("not yet");
  expect(holder(cluster)).toBe("");
  await cluster.clock.pass(6_000);
  expect(added).toBe("added");
});

test("H72 an operation that takes longer than its bound goes no further, and the lease is handed over", async () => {
  const { cluster, agent } = await laid({
    secondaries: 6,
    settings: { operationSeconds: 5, leaseSeconds: 60 },
  });
  await agent.address("web");
  cluster.world.kubernetes.faults.add({ ...NEXT_RECORD, kind: "delay", ms: 40_000 });
  const request = agent.request("slow");
  const running = agent.begin((one) => one.add(request));
  await cluster.clock.pass(1000);
  ask(cluster, "run-1", 120);
  expect(await cluster.clock.until(running)).toMatchObject({ kind: "again" });
  await cluster.clock.pass(1000);
  expect(holder(cluster)).toBe("");
  expect(agent.isRunning(request)).toBe(false);
});

test("without a daemon each call gives the lease back with a report that holds", async () => {
  const { cluster, agent } = await laid({ allocator: "cni" });
  const address = await agent.address("web");
  const lease = cluster.lease("a") as StoredLease;
  expect(lease.spec.holderIdentity ?? "").toBe("");
  expect(agent.status.reportedUnder).toBe(lastAllocator(lease));
  expect(agent.status.inUse?.map((sandbox) => sandbox.address)).toEqual([address]);
});

test("H81 a daemonless node where nothing ever happened has a report after its first upkeep", async () => {
  const { cluster, agent } = await laid({ allocator: "cni" });
  await agent.maintain();
  expect(agent.status.reportedUnder).toBe(lastAllocator(cluster.lease("a") as StoredLease));
  expect(agent.status.inUse).toEqual([]);
});

test("two calls without a daemon at once: one waits for the lock file, and both get an address", async () => {
  const { cluster, agent } = await laid({ allocator: "cni" });
  const requests = [agent.request("one"), agent.request("two")];
  const running = requests.map((request) => agent.begin((one) => one.add(request)));
  const added = await cluster.clock.until(Promise.all(running));
  expect(added.map((one) => one?.kind)).toEqual(["added", "added"]);
  expect(cluster.misdeeds).toEqual([]);
});
