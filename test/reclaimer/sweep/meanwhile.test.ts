import { describe, expect, test } from "@jest/globals";
import type { SandboxPod } from "../../../src/sandbox/engine/node.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { lineWith, Refill, startFromPool, stopPod } from "../happenings.ts";
import { Cluster } from "../harness.ts";

/** A node with leaks, due, a Pod and a pool. */
async function due() {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 6 });
  const pod = node.runPod("web");
  const leaked = node.spare();
  leaks.podGone(node, "gone");
  await cluster.start();
  await cluster.collect("leaks");
  await cluster.wait(31);
  return { cluster, node, pod, leaked };
}

async function callsOfSweep(): Promise<number> {
  const { cluster } = await due();
  const line = new Line();
  await cluster.sweep("a", {}, line);
  return line.crossings.length;
}

describe("while a sweep is at work", () => {
  test("H09 an allocation gets another address or waits, at whatever moment it comes", async () => {
    const calls = await callsOfSweep();
    for (let nth = 1; nth <= calls; nth++) {
      const { cluster, leaked } = await due();
      let starting: Promise<SandboxPod | undefined> | undefined;
      await cluster.sweep(
        "a",
        {},
        lineWith(nth, () => {
          starting = cluster.allocator().startPod();
        }),
      );
      const pod = await cluster.clock.until(starting ?? Promise.resolve(undefined));
      expect([nth, cluster.wrong, pod?.address === leaked.address]).toEqual([nth, [], false]);
      if (pod !== undefined) expect([nth, cluster.has(pod.address)]).toEqual([nth, true]);
      await cluster.converge();
      expect([nth, cluster.leaks]).toEqual([nth, []]);
    }
  });

  test("H79 keeps what an ADD takes that was paused since before its lease was lost, at whatever moment it goes on", async () => {
    const calls = await callsOfSweep();
    for (let nth = 1; nth <= calls; nth++) {
      const { cluster, node } = await due();
      await cluster.sweep(
        "a",
        {},
        lineWith(nth, () => void startFromPool(node)),
      );
      expect([nth, cluster.wrong]).toEqual([nth, []]);
    }
  });

  test("keeps what starts to cool down, at whatever moment", async () => {
    const calls = await callsOfSweep();
    for (let nth = 1; nth <= calls; nth++) {
      const { cluster, node, pod } = await due();
      await cluster.sweep(
        "a",
        {},
        lineWith(nth, () => stopPod(node, pod)),
      );
      expect([nth, cluster.wrong, cluster.has(pod.address)]).toEqual([nth, [], true]);
    }
  });

  test("H63 a refill that was paused records its address only where the sweep has not released it, whenever it goes on", async () => {
    const recorded = new Set<boolean>();
    const calls = await callsOfSweep();
    for (let nth = 1; nth <= calls; nth++) {
      const { cluster, node } = await due();
      const refill = new Refill(node).intend().assign();
      const [address = ""] = refill.addresses;
      await cluster.wait(11);
      await cluster.collect("leaks");
      expect(cluster.isMarked(address)).toBe(true);
      await cluster.wait(31);
      await cluster.sweep(
        "a",
        {},
        lineWith(nth, () => recorded.add(refill.record())),
      );
      const isPooled = node.status.pool?.some((entry) => entry.address === address) ?? false;
      expect([nth, cluster.wrong]).toEqual([nth, []]);
      expect([nth, isPooled]).toEqual([nth, cluster.has(address)]);
    }
    expect(recorded).toEqual(new Set([true, false]));
  });

  test("releases the refill's address where nobody records it", async () => {
    const { cluster, node } = await due();
    const refill = new Refill(node).intend().assign();
    await cluster.wait(11);
    await cluster.day();
    expect(cluster.has(refill.addresses[0] ?? "")).toBe(false);
    expect(refill.record()).toBe(false);
    expect(node.status.sweepEpoch).toBeGreaterThan(0);
  });

  test("the bump comes before the first intent, and the intent before EC2", async () => {
    const { cluster } = await due();
    const line = new Line();
    await cluster.sweep("a", {}, line);
    const at = (what: RegExp) => line.crossings.findIndex((crossing) => what.test(crossing.what));
    const order = [
      at(/^PUT .*nodeeniconfigs\/a\/status/),
      at(/^PUT .*vpcips/),
      at(/^Unassign/),
      at(/^DELETE .*vpcips/),
    ];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order.every((place) => place > 0)).toBe(true);
  });

  test("H06 reads all that may keep an address after EC2's list: the config, then VpcIPs, then Pods", async () => {
    const { cluster } = await due();
    const line = new Line();
    await cluster.sweep("a", {}, line);
    const from = line.crossings.findIndex(({ what }) => /^DescribeNetworkInterfaces/.test(what));
    const after = line.crossings.slice(from).filter(({ what }) => /^GET/.test(what));
    const order = [/nodeeniconfigs\/a/, /vpcips\?/, /pods\?/].map((what) =>
      after.findIndex((call) => what.test(call.what)),
    );
    expect(order).toEqual([0, 1, 2]);
    expect(after.slice(0, 3).some(({ what }) => what.includes("resourceVersion"))).toBe(false);
  });

  test("releases nothing where the config always changes before the bump", async () => {
    const { cluster, node, leaked } = await due();
    const line = new Line();
    line.fateOf = ({ what }) => {
      if (/^PUT .*nodeeniconfigs\/a\/status/.test(what))
        node.updateStatus((status) => ({ ...status, sweepEpoch: (status.sweepEpoch ?? 0) + 1 }));
      return "through";
    };
    await cluster.sweep("a", {}, line);
    expect(cluster.has(leaked.address)).toBe(true);
    expect(cluster.record(leaked.address)?.spec.release).toBeUndefined();
    await cluster.converge();
    expect(cluster.leaks).toEqual([]);
  });

  test("decides afresh where it changed once: what has a keeper now is kept, the rest goes", async () => {
    const { cluster, node, leaked } = await due();
    const other = cluster.leaks.find((address) => address !== leaked.address) ?? "";
    let isFirst = true;
    const line = new Line();
    line.fateOf = ({ what }) => {
      if (/^PUT .*nodeeniconfigs\/a\/status/.test(what) && isFirst) {
        isFirst = false;
        node.updateStatus((status) => ({ ...status, pool: [...(status.pool ?? []), leaked] }));
        cluster.world.truth.need(leaked.address, leaked.interfaceID, "pool");
      }
      return "through";
    };
    await cluster.sweep("a", {}, line);
    expect([cluster.has(leaked.address), cluster.has(other)]).toEqual([true, false]);
    expect(cluster.wrong).toEqual([]);
  });

  test("H78 keeps what somebody wrote into its record between the look and the intent", async () => {
    const { cluster, leaked } = await due();
    cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev", name: leaked.address }, () => {
      const record = cluster.record(leaked.address);
      const metadata = {
        ...record?.metadata,
        name: leaked.address,
        annotations: { "vpcip.dev/keep": "mine" },
      };
      cluster.world.api.replace("vpcips", { ...record, metadata });
    });
    const { released } = await cluster.sweep();
    expect(released.length).toBe(1);
    expect(cluster.has(leaked.address)).toBe(true);
  });
});

describe("two at once", () => {
  test("H52 two sweeps of one node do the work once, and make no noise", async () => {
    const { cluster } = await due();
    const both = [cluster.beginSweep(), cluster.beginSweep()];
    const outcomes = (await cluster.clock.until(Promise.all(both))).map(({ outcome }) => outcome);
    expect(outcomes).toContain("swept");
    await cluster.drain();
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(1);
    expect(cluster.leaks).toEqual([]);
    expect(cluster.heard.alarms).toEqual([]);
    expect(cluster.requests()).toEqual([]);
  });

  test("H72 five requests at once don't reset each other: the hand-over comes within its bound", async () => {
    const { cluster } = await due();
    const all = Array.from({ length: 5 }, () => cluster.beginSweep());
    await cluster.clock.until(Promise.all(all));
    await cluster.drain();
    expect(cluster.leaks).toEqual([]);
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(1);
    expect(cluster.requests()).toEqual([]);
    expect(await cluster.canStartPod()).toBe(true);
  });

  test("H52 H54 a message that comes again finds nothing due, and pauses nobody", async () => {
    const { cluster } = await due();
    await cluster.sweep();
    cluster.heard.clear();
    expect((await cluster.sweep()).outcome).toBe("nothing-due");
    expect(cluster.heard.pauses).toEqual([]);
  });

  test("H54 a message of a node that is gone without a trace leaves none", async () => {
    const { cluster } = await due();
    expect((await cluster.sweep("never-was")).outcome).toBe("nothing-due");
    expect(cluster.lease("never-was")).toBeUndefined();
  });

  test("H52 a manual clean during the daily run", async () => {
    const { cluster } = await due();
    const daily = cluster.beginSweep();
    const summary = await cluster.clean();
    await cluster.clock.until(daily);
    await cluster.drain();
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(1);
    expect(cluster.leaks).toEqual([]);
    expect(cluster.wrong).toEqual([]);
    expect(summary.failed).toEqual([]);
  });
});
