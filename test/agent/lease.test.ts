import { expect, test } from "@jest/globals";
import { handedOver, isAnswered, lastAllocator, withRequest } from "../../src/domain/node-lease.ts";
import type { StoredLease } from "../../src/domain/objects/lease.ts";
import { ANNOTATION, SYSTEM_NAMESPACE } from "../../src/domain/objects/names.ts";
import { Line } from "../../src/sandbox/in-process/index.ts";
import type { AgentCluster } from "./harness.ts";
import { BOTH, laid, later, lineTo } from "./laid.ts";

/** Somebody holds the lease from now on. */
function heldBy(cluster: AgentCluster, holderIdentity: string, leaseDurationSeconds = 60): void {
  const { api } = cluster.world;
  const time = cluster.world.timestamp().replace("Z", "000Z");
  const spec = {
    holderIdentity,
    leaseDurationSeconds,
    acquireTime: time,
    renewTime: time,
    leaseTransitions: 7,
  };
  const lease = cluster.lease("a");
  if (lease !== undefined) api.replace("leases", { ...lease, metadata: { ...lease.metadata }, spec });
  else
    api.lay("leases", {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { namespace: SYSTEM_NAMESPACE, name: "a" },
      spec,
    });
}

function ask(cluster: AgentCluster, id: string, seconds = 15): void {
  const lease = cluster.lease("a") as StoredLease;
  cluster.world.api.replace(
    "leases",
    withRequest(lease, { id, seconds }) as StoredLease & { metadata: { name: string } },
  );
}

const holder = (cluster: AgentCluster): string => cluster.lease("a")?.spec.holderIdentity ?? "";

for (const allocator of BOTH) {
  test(`H71 ${allocator}: a lease that a dead process of this machine holds is replaced at once`, async () => {
    const { cluster, agent } = await laid({ allocator });
    await agent.address("web");
    for (const kind of ["ipamd", "cni"]) {
      heldBy(cluster, `${kind}/a/${agent.node.instanceID}/dead`);
      await agent.restart();
      const before = cluster.clock.now();
      expect(await agent.add(`after-${kind}`)).toMatchObject({ kind: "added" });
      expect(cluster.clock.now()).toBe(before);
    }
  });

  test(`H10 ${allocator}: a lease that an agent of another machine of the same name holds is waited for`, async () => {
    const { cluster, agent } = await laid({ allocator });
    await agent.address("web");
    heldBy(cluster, `${allocator}/a/i-another/alive`, 3600);
    await agent.restart();
    expect(await agent.add("next")).toMatchObject({ kind: "again" });
  });

  test(`${allocator}: a reclaimer's lease is taken over when it stood unchanged over its whole term, and not before`, async () => {
    const { cluster, agent } = await laid({ allocator });
    await agent.address("web");
    heldBy(cluster, "reclaimer/dead/1", 60);
    await agent.restart();
    expect(await agent.add("early")).toMatchObject({ kind: "again" });
    await cluster.clock.pass(30_000);
    heldBy(cluster, "reclaimer/dead/1", 60);
    await cluster.clock.pass(15_000);
    expect(await agent.add("renewed")).toMatchObject({ kind: "again" });
    await cluster.clock.pass(45_000);
    expect(await agent.add("late")).toMatchObject({ kind: "added" });
  });

  test(`H30 ${allocator}: a term of years that somebody wrote holds the node for an hour at most, one of a second robs nobody`, async () => {
    const { cluster, agent } = await laid({ allocator });
    await agent.address("web");
    heldBy(cluster, "somebody", 10 ** 9);
    await agent.restart();
    expect(await agent.add("early")).toMatchObject({ kind: "again" });
    await cluster.clock.pass(3_600_000);
    expect(await agent.add("late")).toMatchObject({ kind: "added" });
    await cluster.clock.pass(20_000);

    heldBy(cluster, "reclaimer/alive/1", 1);
    await agent.restart();
    expect(await agent.add("at-once")).toMatchObject({ kind: "again" });
    await cluster.clock.pass(60_000);
    expect(await agent.add("after-a-minute")).toMatchObject({ kind: "added" });
  });

  test(`H72 ${allocator}: a request of a dead run that stands for longer than an ADD waits ends all the same`, async () => {
    const { cluster, agent } = await laid({ allocator });
    await agent.address("web");
    await agent.maintain();
    ask(cluster, "of-a-dead-run", 10 ** 9);
    const answers: string[] = [];
    for (let tries = 0; tries < 12 && !answers.includes("added"); tries++) {
      answers.push((await agent.add("next"))?.kind ?? "");
      await cluster.clock.pass(15_000);
    }
    expect(answers).toContain("added");
  });

  test(`${allocator}: while a request is fresh no ADD is served, and one that nobody takes back ends by itself`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 6 });
    await agent.address("web");
    await agent.maintain();
    const before = cluster.clock.now();
    ask(cluster, "of-a-dead-run", 15);
    await cluster.clock.pass(100);
    const added = await agent.add("next");
    expect(added).toMatchObject({ kind: "added" });
    expect(cluster.clock.now() - before).toBeGreaterThanOrEqual(15_000);
    expect(cluster.clock.now() - before).toBeLessThan(17_000);
  });

  test(`H49 ${allocator}: requests of runs that died, answered or not, are gone with the next operation after their time`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 6 });
    await agent.address("web");
    await agent.maintain();
    ask(cluster, "one", 15);
    await cluster.clock.pass(20_000);
    ask(cluster, "two", 15);
    await agent.address("next");
    await cluster.clock.pass(20_000);
    await agent.address("last");
    expect(cluster.requests("a")).toEqual([]);
  });

  test(`H49 ${allocator}: an answer that an earlier process gave is gone with the next operation`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 6 });
    await agent.address("web");
    await agent.maintain();
    ask(cluster, "one", 15);
    await cluster.clock.pass(1000);
    const lease = cluster.lease("a") as StoredLease;
    cluster.world.api.replace("leases", handedOver(lease) as StoredLease & { metadata: { name: string } });
    await cluster.clock.pass(15_000);
    await agent.restart();
    await agent.address("next");
    expect(cluster.requests("a")).toEqual([]);
  });

  test(`H24 ${allocator}: no identity comes twice`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const seen = new Set<string>();
    for (let life = 0; life < 3; life++) {
      await agent.add(`web-${life}`);
      await agent.restart();
      const last = lastAllocator(cluster.lease("a") as StoredLease) ?? "";
      expect(last.startsWith(`${allocator}/a/`)).toBe(true);
      seen.add(last);
    }
    expect(seen.size).toBe(3);
  });

  test(`H09 ${allocator}: an ADD during a sweep is served after it, with another address than the one that goes`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 3 });
    const leak = cluster.world.ec2.seed.assign(agent.node.interfaceIDs[0] ?? "", 1)[0] ?? "";
    await agent.address("web");
    await agent.maintain();
    await cluster.collect("leaks");
    await cluster.wait(31);
    let adding: Promise<unknown> | undefined;
    const request = agent.request("during");
    cluster.when({ verb: "LIST", resource: "pods", nth: 1 }, () => {
      adding = agent.begin((one) => one.add(request));
    });
    await cluster.collect("due");
    await cluster.drain();
    const added = await cluster.clock.until(adding ?? Promise.reject(new Error("no sweep")));
    expect(added).toMatchObject({ kind: "added" });
    expect(added).not.toMatchObject({ address: leak });
    expect(cluster.released).toEqual([leak]);
    expect(cluster.misdeeds).toEqual([]);
    expect(cluster.wrong).toEqual([]);
  });
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

test("H72 keeps an answer for as long as its request stands, whoever asks next", async () => {
  const { cluster, agent } = await laid();
  await agent.address("web");
  ask(cluster, "one", 15);
  await cluster.clock.pass(5_000);
  ask(cluster, "two", 15);
  await cluster.clock.pass(1_000);
  expect(cluster.requests("a")).toHaveLength(2);
  for (const id of ["one", "two"]) expect(isAnswered(cluster.lease("a") as StoredLease, id)).toBe(true);
  await cluster.clock.pass(10_000);
  ask(cluster, "three", 15);
  await cluster.clock.pass(1_000);
  const lease = cluster.lease("a") as StoredLease;
  expect(["one", "two", "three"].map((id) => isAnswered(lease, id))).toEqual([false, true, true]);
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
  const { until, go } = later();
  cluster.world.kubernetes.faults.add({
    user: "vpcip-agent",
    verb: "POST",
    resource: "vpcips.vpcip.dev",
    nth: 1,
    kind: "delay",
    until,
  });
  const running = agent.begin((one) => one.add(agent.request("running")));
  await cluster.clock.pass(100);
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
  const { until, go } = later();
  cluster.world.kubernetes.faults.add({
    user: "vpcip-agent",
    verb: "POST",
    resource: "vpcips.vpcip.dev",
    nth: 1,
    kind: "delay",
    until,
  });
  const running = agent.begin((one) => one.add(agent.request("running")));
  await cluster.clock.pass(100);
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
  cluster.world.kubernetes.faults.add({
    user: "vpcip-agent",
    verb: "POST",
    resource: "vpcips.vpcip.dev",
    nth: 1,
    kind: "delay",
    ms: 40_000,
  });
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

test("a paused ipamd whose lease was taken over does nothing more under it", async () => {
  const { cluster, agent } = await laid({ settings: { operationSeconds: 3600 } });
  await agent.address("web");
  const { until, go } = later();
  const line = lineTo(/^POST .*\/vpcips/, { frozen: "after", until });
  await agent.restart(line);
  const request = agent.request("paused");
  const adding = agent.begin((one) => one.add(request));
  await cluster.clock.pass(61_000);
  heldBy(cluster, "reclaimer/living/1", 60);
  go();
  await cluster.clock.pass(1000);
  expect(agent.isRunning(request)).toBe(false);
  heldBy(cluster, "", 60);
  expect(await cluster.clock.until(adding)).toMatchObject({ kind: "again" });
});
