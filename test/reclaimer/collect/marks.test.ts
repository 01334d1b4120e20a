import { describe, expect, test } from "@jest/globals";
import type { Address } from "../../../src/domain/address.ts";
import * as keepers from "../../../src/sandbox/scenarios/keepers.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { optOut } from "../endings/laid.ts";
import { Refill } from "../happenings.ts";
import { Cluster } from "../harness.ts";

async function leaky(over: ConstructorParameters<typeof Cluster>[0] = {}) {
  const cluster = new Cluster(over);
  const node = cluster.node();
  node.runPod("web");
  const leaked = node.spare();
  await cluster.start();
  return { cluster, node, leaked };
}

describe("marks", () => {
  test("H47 age by the API server's time, however often the process starts anew", async () => {
    const { cluster, leaked } = await leaky();
    for (let minutes = 0; minutes < 30; minutes += 6) {
      await cluster.daily();
      await cluster.wait(6);
    }
    expect(cluster.has(leaked.address)).toBe(true);
    await cluster.daily();
    expect(cluster.has(leaked.address)).toBe(false);
  });

  test("H47 keeps before the mark is old enough, also when asked directly", async () => {
    const { cluster, leaked } = await leaky();
    await cluster.collect("leaks");
    await cluster.wait(29);
    expect((await cluster.sweep()).outcome).toBe("nothing-due");
    expect(cluster.has(leaked.address)).toBe(true);
  });

  test("H32 are aged alike where the function's own clock is minutes ahead", async () => {
    const { cluster, leaked } = await leaky();
    await cluster.collect("leaks");
    await cluster.wait(29);
    const { sweep } = await import("../../../src/reclaimer/index.ts");
    const message = { node: "a", run: "skewed", attempt: 0, delaySeconds: 0 };
    const summary = await cluster.run(
      (ports) => sweep(ports, cluster.settings, message),
      undefined,
      10 * 60_000,
    );
    expect(summary?.outcome).toBe("nothing-due");
    expect(cluster.has(leaked.address)).toBe(true);
  });

  test("H70 an allocator turns a mark on its fresh refill into a claim", async () => {
    const { cluster, node } = await leaky();
    for (const { address, interfaceID } of node.status.pool ?? [])
      cluster.world.truth.forget(address as Address, interfaceID);
    node.updateStatus((status) => ({ ...status, pool: [] }));
    const refill = new Refill(node).assign();
    await cluster.collect("leaks");
    const [address = ""] = refill.addresses;
    expect(cluster.isMarked(address)).toBe(true);
    refill.intend().record();
    // What the allocator has read is not older than its lease term.
    await cluster.wait(1);
    const pod = await cluster.clock.until(cluster.allocator().startPod());
    expect(pod?.address).toBe(address);
    expect(cluster.isMarked(address)).toBe(false);
    await cluster.dueRun(31);
    expect(cluster.wrong).toEqual([]);
    expect(cluster.has(address)).toBe(true);
  });

  test("go with the next sweep where the address has a keeper again", async () => {
    const { cluster, node, leaked } = await leaky();
    await cluster.collect("leaks");
    node.updateStatus((status) => ({ ...status, pool: [...(status.pool ?? []), leaked] }));
    cluster.world.truth.need(leaked.address, leaked.interfaceID, "pool");
    await cluster.dueRun(31);
    expect(cluster.record(leaked.address)).toBeUndefined();
    expect(cluster.has(leaked.address)).toBe(true);
  });

  test("H18 leave a person's word standing: an address that was marked when somebody opted out is kept for good", async () => {
    const { cluster, leaked } = await leaky();
    await cluster.collect("leaks");
    const record = cluster.record(leaked.address);
    const metadata = { ...record?.metadata, name: leaked.address, annotations: { "vpcip.dev/keep": "mine" } };
    cluster.world.api.replace("vpcips", { ...record, metadata });
    cluster.world.truth.need(leaked.address, leaked.interfaceID, "opt-out");
    await cluster.dueRun(31);
    for (let days = 0; days < 3; days++) await cluster.day();
    expect(cluster.wrong).toEqual([]);
    expect(cluster.record(leaked.address)?.metadata.annotations).toEqual({ "vpcip.dev/keep": "mine" });
    cluster.heard.clear();
    await cluster.dueRun(5);
    expect(cluster.heard.pauses).toEqual([]);
  });

  test("H49 are due again once the person takes the word back", async () => {
    const { cluster, leaked } = await leaky();
    await cluster.collect("leaks");
    optOut(cluster, leaked.address);
    for (let days = 0; days < 2; days++) await cluster.day();
    expect(cluster.has(leaked.address)).toBe(true);
    const record = cluster.record(leaked.address);
    const { annotations: _word, ...metadata } = record?.metadata ?? { name: leaked.address };
    cluster.world.api.replace("vpcips", { ...record, metadata } as never);
    await cluster.dueRun(5);
    expect(cluster.has(leaked.address)).toBe(false);
    expect(cluster.record(leaked.address)).toBeUndefined();
  });

  test("are all that observe does: nothing is queued, paused or released", async () => {
    const { cluster, leaked } = await leaky({ mode: "observe" });
    await cluster.day();
    await cluster.collect("leaks");
    expect(cluster.isMarked(leaked.address)).toBe(true);
    expect(cluster.world.queue.messages()).toEqual([]);
    expect((await cluster.sweep()).outcome).toBe("held-back");
    expect(cluster.calls("GET", "leases.coordination.k8s.io")).toBe(0);
    expect(cluster.heard.counts.get("HeldBack")).toBeGreaterThan(0);
    expect(cluster.released).toEqual([]);
  });
});

describe("release switched on for some node groups", () => {
  test("releases there, and keeps elsewhere", async () => {
    const cluster = new Cluster({ releaseNodeGroups: ["new"] });
    const [old, young] = [
      cluster.node("old", { group: "old" }).spare(),
      cluster.node("young", { group: "new" }).spare(),
    ];
    await cluster.start();
    await cluster.day();
    expect([cluster.has(old.address), cluster.has(young.address)]).toEqual([true, false]);
  });

  test("H54 the five-minute run knows a group that only the Node tells", async () => {
    const cluster = new Cluster({ releaseNodeGroups: ["new"] });
    const node = cluster.node("young", { group: "new" });
    const leaked = node.spare();
    await cluster.start();
    const config = cluster.world.api.get("nodeeniconfigs", { name: "young" });
    if (config !== undefined)
      cluster.world.api.replace("nodeeniconfigs", {
        ...config,
        metadata: { ...config.metadata, labels: {} },
      });
    await cluster.day();
    expect(cluster.has(leaked.address)).toBe(false);
  });

  test("H41 deletes what a dead node of such a group left, whose tags alone tell", async () => {
    const cluster = new Cluster({ releaseNodeGroups: ["new"] });
    const orphan = leaks.orphanOf(cluster.node("young", { group: "new" }), "i-0aaaabbbbccccdddd");
    const other = leaks.orphanOf(cluster.node("old", { group: "old" }), "i-0aaaabbbbccccddde");
    await cluster.start();
    for (let hours = 0; hours < 3; hours++) await cluster.day();
    const left = cluster.world.ec2.snapshot().map(({ id }) => id);
    expect([left.includes(orphan), left.includes(other)]).toEqual([false, true]);
  });
});

describe("the five-minute run", () => {
  test("H54 queues again what was lost with a message", async () => {
    const { cluster, leaked } = await leaky();
    await cluster.collect("leaks");
    await cluster.wait(31);
    await cluster.collect("due");
    const [lost] = cluster.world.queue.receive(1);
    cluster.world.queue.delete(lost?.receiptHandle ?? "");
    await cluster.dueRun(5);
    expect(cluster.has(leaked.address)).toBe(false);
    expect(cluster.wrong).toEqual([]);
  });

  test("asks EC2 nothing, and no node", async () => {
    const { cluster } = await leaky();
    const before = cluster.world.ec2.calls.byAction();
    await cluster.collect("due");
    expect(cluster.world.ec2.calls.byAction()).toEqual(before);
    expect(cluster.calls("LIST", "vpcips.vpcip.dev")).toBe(1);
    expect(cluster.calls("LIST", "pods")).toBe(0);
  });

  test("queues nothing for a mark that is young, nor for a static claim", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    leaks.neverRecorded(node);
    keepers.retained(node, "db", "AfterExpiry");
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.wait(20);
    expect((await cluster.collect("due")).queued).toEqual([]);
  });
});

describe("an instance-terminated event", () => {
  const instanceID = "i-0dead00000000dead";

  test("H49 marks at once what the instance leaves, so that its grace starts now", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    const dead = cluster.node("dead");
    dead.runPod("old");
    const orphan = leaks.detachedInterface(dead);
    await cluster.start();
    dead.terminate();
    const { marked } = await cluster.collect({ kind: "instance-terminated", instanceID: dead.instanceID });
    expect(marked).toBe(2);
    await cluster.dueRun(31);
    expect(cluster.world.ec2.snapshot().map(({ id }) => id)).not.toContain(orphan);
    expect(node.interfaceIDs.length).toBe(1);
    expect(cluster.wrong).toEqual([]);
  });

  test("keeps all of an instance that lives: an event is a hint, never a proof", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    leaks.neverRecorded(node);
    leaks.podGone(node, "gone");
    await cluster.start();
    await cluster.collect("leaks");
    const before = cluster.unfinished;
    const { marked, unmarked } = await cluster.collect({
      kind: "instance-terminated",
      instanceID: node.instanceID,
    });
    expect([marked, unmarked]).toEqual([0, 0]);
    expect(cluster.unfinished).toEqual(before);
  });

  test("keeps what is tagged for another cluster of the same name", async () => {
    const { cluster, node } = await leaky();
    keepers.namesake(node);
    const { marked } = await cluster.collect({
      kind: "instance-terminated",
      instanceID: "i-0123456789abcdef0",
    });
    expect(marked).toBe(0);
  });

  test("marks nothing of an instance that EC2 doesn't know, but as the first of two looks", async () => {
    const { cluster, node } = await leaky();
    leaks.orphanOf(node, instanceID);
    await cluster.collect({ kind: "instance-terminated", instanceID });
    await cluster.dueRun(31);
    expect(cluster.leaks.length).toBe(2);
    await cluster.dueRun(31);
    expect(cluster.leaks.length).toBe(1);
  });
});
