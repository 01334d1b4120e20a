import { describe, expect, test } from "@jest/globals";
import { givenBack, handedOver, lastAllocator, requestsOf } from "../../../src/domain/node-lease.ts";
import type { StoredLease } from "../../../src/domain/objects/lease.ts";
import { ANNOTATION, SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import type { SandboxNode } from "../../../src/sandbox/engine/node.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";
import { due, holdLease } from "./due.ts";

describe("a living ipamd", () => {
  test("is asked, hands over with its report, and works again at once", async () => {
    const { cluster, node, leaked } = await due();
    expect((await cluster.sweep()).outcome).toBe("swept");
    expect(cluster.has(leaked)).toBe(false);
    expect(node.status.reportedUnder).toMatch(/^ipamd\/a/);
    expect(cluster.lease()?.spec.holderIdentity).toBe("");
    expect(cluster.requests()).toEqual([]);
    expect(cluster.heard.pauses.every(({ milliseconds }) => milliseconds < 1000)).toBe(true);
    expect(await cluster.clock.until(cluster.allocator().startPod())).toBeDefined();
  });

  test("H81 answers also when it is idle: no Pod has started for days", async () => {
    const { cluster, leaked } = await due();
    await cluster.wait(60 * 24 * 3);
    await cluster.sweep();
    expect(cluster.has(leaked)).toBe(false);
  });
});

/** As a process of the plugin does that gives the lease over, and another that takes it at once. */
function answerAndTake(cluster: Cluster, holder: string): void {
  const { spec, ...lease } = handedOver(cluster.lease() as StoredLease);
  cluster.world.api.replace("leases", { ...lease, spec: { ...spec, holderIdentity: holder } });
}

describe("a daemonless node", () => {
  test("H81 releases what was once claimed, without anybody to ask: the report of the last operation holds", async () => {
    const { cluster, leaked } = await due({ allocator: "cni" });
    await cluster.wait(60 * 24 * 3);
    expect((await cluster.sweep()).outcome).toBe("swept");
    expect(cluster.has(leaked)).toBe(false);
    expect(cluster.wrong).toEqual([]);
  });

  test.each(["lost-before", "lost-after"] as const)(
    "leaves no request behind where it is not heard that it was taken back (%s)",
    async (fate) => {
      const { cluster } = await due({ allocator: "cni" });
      holdLease(cluster, "cni/a/busy");
      let writes = 0;
      const line = new Line();
      line.fateOf = ({ what }) => (/^PUT .*\/leases\//.test(what) && ++writes === 2 ? fate : "through");
      await cluster.sweep("a", {}, line);
      expect(writes).toBeGreaterThan(1);
      expect(cluster.requests()).toEqual([]);
    },
  );

  test("H24 H72 is asked again, under another name, where the next operation took the lease before anybody saw the answer", async () => {
    const { cluster, leaked } = await due({ allocator: "cni" });
    holdLease(cluster, "cni/a/first");
    const sweeping = cluster.beginSweep();
    await cluster.clock.pass(100);
    const [first] = requestsOf(cluster.lease() as StoredLease);
    expect(first).toBeDefined();
    answerAndTake(cluster, "cni/a/second");
    await cluster.clock.pass(500);
    const again = requestsOf(cluster.lease() as StoredLease);
    expect(again).toHaveLength(1);
    expect(again[0]?.id).not.toBe(first?.id);
    expect(cluster.has(leaked)).toBe(true);
    const lease = cluster.lease() as StoredLease;
    cluster.world.api.replace("leases", handedOver(lease));
    expect((await cluster.clock.until(sweeping)).node).toBe("a");
    expect(cluster.requests()).toEqual([]);
    expect(cluster.lease()?.spec.holderIdentity).toBe("");
  });

  test("keeps while an operation is under way, and leaves no request behind", async () => {
    const { cluster, leaked } = await due({ allocator: "cni" });
    holdLease(cluster, "cni/a/busy");
    const { outcome } = await cluster.sweep();
    expect(outcome).toBe("sent-again");
    expect(cluster.has(leaked)).toBe(true);
    expect(cluster.requests()).toEqual([]);
  });

  test("keeps where EC2 doesn't say that the instance runs", async () => {
    const { cluster, node, leaked } = await due({ allocator: "cni" });
    cluster.world.ec2.seed.setInstanceState(node.instanceID, "stopped");
    await cluster.sweep();
    expect(cluster.has(leaked)).toBe(true);
  });
});

describe("a lease that was deleted by hand", () => {
  test("H30 keeps under the new one until an allocator has reported under it, then releases", async () => {
    const { cluster, leaked } = await due();
    cluster.world.kubernetes.erase("leases.coordination.k8s.io", "a", SYSTEM_NAMESPACE);
    expect((await cluster.sweep()).outcome).toBe("sent-again");
    expect(cluster.has(leaked)).toBe(true);
    await cluster.drain();
    expect(cluster.has(leaked)).toBe(false);
    expect(cluster.wrong).toEqual([]);
  });

  test("H30 stops a sweep whose lease was deleted in its middle", async () => {
    const { cluster, leaked } = await due();
    cluster.when({ verb: "PUT", resource: "nodeeniconfigs.vpcip.dev/status" }, () => {
      cluster.world.kubernetes.erase("leases.coordination.k8s.io", "a", SYSTEM_NAMESPACE);
      cluster.clock.advance(35_000);
    });
    expect((await cluster.sweep()).outcome).toBe("sent-again");
    expect(cluster.has(leaked)).toBe(true);
  });
});

describe("a lease that is another's by now, with most of its term left", () => {
  const remove = (cluster: Cluster) =>
    cluster.world.kubernetes.erase("leases.coordination.k8s.io", "a", SYSTEM_NAMESPACE);
  const takeIt = (cluster: Cluster) => {
    holdLease(cluster, "ipamd/a/robs");
  };

  test.each([
    ["deleted", remove],
    ["taken", takeIt],
  ])(
    "H30 keeps an address whose intent was just written, and takes the intent back: %s",
    async (_, happen) => {
      const { cluster, leaked } = await due();
      cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev", name: leaked }, () => happen(cluster));
      expect((await cluster.sweep()).outcome).toBe("sent-again");
      expect([cluster.has(leaked), cluster.released]).toEqual([true, []]);
      expect(cluster.record(leaked)?.spec.release).toBeUndefined();
    },
  );

  test.each([
    ["deleted", remove],
    ["taken", takeIt],
  ])("H30 keeps an interface: %s", async (_, happen) => {
    const cluster = new Cluster();
    const orphan = leaks.detachedInterface(cluster.node());
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.wait(31);
    cluster.when({ verb: "PUT", resource: "nodeeniconfigs.vpcip.dev/status" }, () => happen(cluster));
    await cluster.sweep();
    expect(cluster.world.ec2.snapshot().map(({ id }) => id)).toContain(orphan);
    expect(cluster.cloudCalls("DeleteNetworkInterface")).toBe(0);
  });

  test("releases where it is ours still", async () => {
    const { cluster, leaked } = await due();
    cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev", name: leaked }, () => undefined);
    expect((await cluster.sweep()).outcome).toBe("swept");
    expect(cluster.has(leaked)).toBe(false);
  });
});

describe("a long sweep", () => {
  test("renews its lease, and ends in one go although EC2 is slow", async () => {
    const cluster = new Cluster({ leaseSeconds: 20 });
    const node = cluster.node("a", { extraInterfaces: 3, secondaries: 1 });
    while (node.spares > 0) node.spare();
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.wait(31);
    cluster.world.ec2Faults.add({
      action: "UnassignPrivateIpAddresses",
      kind: "delay",
      milliseconds: 8_000,
    });
    expect((await cluster.sweep()).outcome).toBe("swept");
    expect(cluster.leaks).toEqual([]);
  });
});

/** As an ipamd leaves things that was told to stop: its report written, its lease free. */
function reportedLast(cluster: Cluster, node: SandboxNode): void {
  const lease = cluster.lease() as StoredLease;
  const reportedUnder = lastAllocator(lease);
  node.updateStatus((status) => ({
    inUse: [],
    cooling: [],
    ...status,
    ...(reportedUnder === undefined ? {} : { reportedUnder }),
  }));
  cluster.world.api.replace("leases", givenBack(lease));
}

describe("a silent allocator", () => {
  test("H72 is asked three times; then the node is kept, people are told, and its marks go", async () => {
    const { cluster, leaked } = await due();
    const holder = holdLease(cluster, "ipamd/a/stuck");
    cluster.allocator().kill();
    await cluster.collect("due");
    for (let tries = 1; tries <= 3; tries++) {
      const [next] = cluster.world.queue.receive(1);
      expect(next).toBeDefined();
      cluster.world.queue.delete(next?.receiptHandle ?? "");
      holder.renew();
      const { outcome } = await cluster.sweep("a", JSON.parse(next?.body ?? "{}"));
      expect(outcome).toBe(tries < 3 ? "sent-again" : "gave-up");
      await cluster.wait(2);
    }
    expect(cluster.heard.alarmKinds).toEqual(["allocator-silent"]);
    expect(cluster.world.queue.messages()).toEqual([]);
    expect(cluster.has(leaked)).toBe(true);
    expect(cluster.unfinished).toEqual([]);
  });

  test("H66 of a stopped instance is kept without an alarm", async () => {
    const { cluster, node, leaked } = await due();
    cluster.allocator().kill();
    holdLease(cluster, "ipamd/a/asleep");
    cluster.world.ec2.seed.setInstanceState(node.instanceID, "stopped");
    await cluster.dueRun(1);
    expect(cluster.heard.alarms).toEqual([]);
    expect(cluster.has(leaked)).toBe(true);
  });

  test("H81 that has died, its lease free, has its last report: that is enough to release, and people are told", async () => {
    const { cluster, node, leaked } = await due();
    cluster.allocator().kill();
    reportedLast(cluster, node);
    expect((await cluster.sweep()).outcome).toBe("swept");
    expect(cluster.has(leaked)).toBe(false);
    expect(cluster.heard.alarmKinds).toEqual(["allocator-silent"]);
    expect(cluster.wrong).toEqual([]);
  });

  test("H16 keeps where it has worked since its last report, after three tries", async () => {
    const { cluster, node, leaked } = await due();
    cluster.allocator().kill();
    reportedLast(cluster, node);
    const lease = cluster.lease();
    const annotations = { ...lease?.metadata.annotations, [ANNOTATION.lastAllocator]: "ipamd/a/i-1/later" };
    const metadata = { ...lease?.metadata, name: "a", annotations };
    cluster.world.api.replace("leases", { ...lease, metadata } as never);
    for (const attempt of [0, 1, 2]) await cluster.sweep("a", { attempt });
    expect(cluster.has(leaked)).toBe(true);
    expect(cluster.heard.alarmKinds).toEqual(["allocator-silent"]);
  });

  test("does not keep what needs no report from being done: an orphan of the node that was there before", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    leaks.podGone(node, "gone");
    const orphan = leaks.orphanOf(node, "i-0aaaabbbbccccdddd");
    await cluster.start();
    cluster.allocator().kill();
    for (let hours = 0; hours < 3; hours++) await cluster.day();
    expect(cluster.world.ec2.snapshot().map(({ id }) => id)).not.toContain(orphan);
  });
});
