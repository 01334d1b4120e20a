import { describe, expect, test } from "@jest/globals";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { endUnheard } from "../happenings.ts";
import { Cluster } from "../harness.ts";

async function laid() {
  const cluster = new Cluster();
  const node = cluster.node();
  const pod = node.runPod("web");
  const leaked = node.spare();
  await cluster.start();
  return { cluster, node, pod, leaked };
}

describe("a mark pass that can't read", () => {
  test("H05 H45 marks nothing by an error, whatever the call, and never reports success for a list that failed", async () => {
    const { cluster: counted } = await laid();
    const clean = new Line();
    await counted.collect("leaks", clean);
    for (let nth = 1; nth <= clean.crossings.length; nth++) {
      const { cluster, pod } = await laid();
      const line = new Line();
      line.fateOf = (_crossing, count) => (count === nth ? "lost-before" : "through");
      const summary = await cluster.collect("leaks", line).catch(() => undefined);
      const isLoud = summary === undefined || summary.failed.length > 0 || cluster.heard.alarms.length > 0;
      const isRetried = line.crossings.length > clean.crossings.length;
      expect([nth, clean.crossings[nth - 1]?.what, isLoud || isRetried]).toEqual([
        nth,
        clean.crossings[nth - 1]?.what,
        true,
      ]);
      expect([nth, cluster.isMarked(pod.address)]).toEqual([nth, false]);
    }
  });

  test.each([401, 403, 500, 503])("H05 keeps all where Pods are answered with %i", async (code) => {
    const { cluster, leaked } = await laid();
    cluster.world.kubernetes.faults.add({ resource: "pods", kind: "status", code });
    const summary = await cluster.collect("leaks").catch(() => undefined);
    expect(summary?.leaked ?? 0).toBe(0);
    expect(cluster.isMarked(leaked.address)).toBe(false);
    expect(cluster.heard.counts.get("CollectSucceeded")).toBeUndefined();
  });

  test("H05 keeps all where a Pod list is cut off in the middle", async () => {
    const { cluster, leaked } = await laid();
    cluster.world.kubernetes.faults.add({ resource: "pods", kind: "truncate" });
    await expect(cluster.collect("leaks")).rejects.toThrow("pods");
    expect(cluster.isMarked(leaked.address)).toBe(false);
  });

  test("H05 keeps all where EC2 doesn't answer", async () => {
    const { cluster, leaked } = await laid();
    cluster.world.ec2Faults.add({ action: "DescribeNetworkInterfaces", kind: "drop-before" });
    await expect(cluster.collect("leaks")).rejects.toThrow("DescribeNetworkInterfaces");
    expect(cluster.isMarked(leaked.address)).toBe(false);
  });

  test("a single lost answer of EC2 is asked for again", async () => {
    const { cluster, leaked } = await laid();
    cluster.world.ec2Faults.add({ action: "DescribeNetworkInterfaces", kind: "drop-before", nth: 1 });
    await cluster.collect("leaks");
    expect(cluster.isMarked(leaked.address)).toBe(true);
  });
});

describe("one poisoned item", () => {
  test("H45 a node that can't be read keeps its addresses; the others are marked; it is reported", async () => {
    const cluster = new Cluster();
    const [bad, good] = ["bad", "good"].map((name) => cluster.node(name).spare());
    await cluster.start();
    cluster.world.kubernetes.faults.add({ resource: "nodes", name: "bad", kind: "status", code: 500 });
    const { failed } = await cluster.collect("leaks");
    expect(cluster.isMarked(good?.address ?? "")).toBe(true);
    expect(cluster.isMarked(bad?.address ?? "")).toBe(false);
    expect(failed.map(({ subject }) => subject)).toEqual(["node bad"]);
    expect(cluster.heard.alarmKinds).toContain("item-failed");
  });

  test("H45 a mark that is refused doesn't keep the others from being written, and is reported", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    const [first, second] = [node.spare(), node.spare()];
    await cluster.start();
    cluster.world.kubernetes.faults.add({
      verb: "POST",
      resource: "vpcips.vpcip.dev",
      nth: 1,
      kind: "status",
      code: 403,
    });
    const { failed, marked } = await cluster.collect("leaks");
    expect([failed.length, marked]).toEqual([1, 1]);
    expect([first, second].filter(({ address }) => cluster.isMarked(address)).length).toBe(1);
    await cluster.converge();
    expect(cluster.leaks).toEqual([]);
  });

  test("H45 a config of a gone node that can't be noted doesn't keep the others from being queued", async () => {
    const cluster = new Cluster();
    const gone = cluster.node("gone");
    gone.runPod("old");
    leaks.unfinishedRelease(cluster.node("dirty"));
    await cluster.start();
    gone.terminate();
    gone.removeNodeObject();
    await cluster.wait(61);
    cluster.world.kubernetes.faults.add({
      verb: "PUT",
      resource: "nodeeniconfigs.vpcip.dev",
      name: "gone",
      kind: "status",
      code: 403,
    });
    const { queued, failed } = await cluster.collect("leaks");
    expect(queued).toContain("dirty");
    expect(failed.map(({ subject }) => subject)).toContain("node gone");
  });

  test("H45 a record that can't be read one by one is reported", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    leaks.recordOfDeadInstance(node, "10.0.9.9", "i-0dead00000000dead");
    await cluster.start();
    cluster.world.kubernetes.faults.add({
      verb: "GET",
      resource: "vpcips.vpcip.dev",
      name: "10.0.9.9",
      kind: "status",
      code: 500,
    });
    const { failed } = await cluster.collect({
      kind: "instance-terminated",
      instanceID: "i-0dead00000000dead",
    });
    expect(failed.map(({ subject }) => subject)).toEqual(["VpcIP 10.0.9.9"]);
  });
});

describe("the breaker", () => {
  /** Twenty Pods: enough for a share to count. */
  async function twentyPods() {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 22 });
    const pods = Array.from({ length: 20 }, (_, index) => node.runPod(`web-${index}`));
    await cluster.start();
    return { cluster, node, pods };
  }

  test("H17 keeps all where the list of Pods is empty: nothing is queued, people are told, every path obeys", async () => {
    const { cluster, pods } = await twentyPods();
    for (const { name } of pods) cluster.world.kubernetes.erase("pods", name, "default");
    const { queued } = await cluster.collect("leaks");
    expect(queued).toEqual([]);
    expect(cluster.heard.alarmKinds).toContain("breaker");
    await cluster.dueRun(31);
    expect((await cluster.collect("leaks")).queued).toEqual([]);
    expect((await cluster.sweep()).outcome).toBe("held-back");
    expect((await cluster.clean()).released).toEqual([]);
    expect(cluster.released).toEqual([]);
    expect(cluster.calls("GET", "leases.coordination.k8s.io")).toBe(0);
  });

  test("H17 is written down also where somebody else writes the freeze object at the same moment", async () => {
    const { cluster, pods } = await twentyPods();
    for (const { name } of pods) cluster.world.kubernetes.erase("pods", name, "default");
    cluster.when({ verb: "PUT", resource: "configmaps" }, () =>
      cluster.freeze({ frozen: "false", note: "by hand" }),
    );
    await cluster.collect("leaks");
    expect(cluster.freezeObject()?.data?.["breaker"]).toContain('"scope":"node"');
  });

  test("H17 lets go when the Pods are listed again", async () => {
    const { cluster, node, pods } = await twentyPods();
    for (const { name } of pods) cluster.world.kubernetes.erase("pods", name, "default");
    await cluster.collect("leaks");
    for (const pod of pods) node.layPod(pod, { phase: "Running", podIP: pod.address });
    await cluster.collect("leaks");
    expect(cluster.freezeObject()?.data?.["breaker"]).toBeUndefined();
    expect(cluster.unfinished).toEqual([]);
  });

  test("releases below its shares", async () => {
    const { cluster, node, pods } = await twentyPods();
    for (const pod of pods.slice(0, 5)) {
      endUnheard(node, pod);
      cluster.world.kubernetes.erase("pods", pod.name, "default");
    }
    await cluster.day();
    expect(cluster.released.length).toBe(5);
    expect(cluster.wrong).toEqual([]);
  });
});
