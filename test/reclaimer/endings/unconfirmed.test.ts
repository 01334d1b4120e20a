import { describe, expect, test } from "@jest/globals";
import { endUnheard } from "../happenings.ts";
import { Cluster } from "../harness.ts";
import { everyFiveMinutes } from "./laid.ts";

/** A node whose last report shows the sandbox of a Pod that is gone from the API since. */
async function deadSandbox(allocator: "cni" | "ipamd" = "cni") {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 4, allocator });
  node.runPod("web");
  const pod = node.runPod("gone");
  await cluster.start();
  cluster.world.kubernetes.erase("pods", pod.name, pod.namespace);
  await cluster.collect("leaks");
  await cluster.wait(31);
  return { cluster, node, pod };
}

describe("a sandbox that only an old report shows, of a Pod that is gone", () => {
  test("H81 H13 keeps its address; people are told once a day until the node reports", async () => {
    const { cluster, node, pod } = await deadSandbox();
    await everyFiveMinutes(cluster, 60);
    expect(cluster.heard.verdictOn(pod.address)).toBe("unknown sandbox-unconfirmed");
    expect(cluster.heard.alarmKinds).toEqual(["allocator-silent"]);
    expect(cluster.heard.alarms[0]).toMatchObject({ node: "a", subject: pod.address });
    for (let day = 2; day <= 3; day++) {
      await cluster.collect("leaks");
      await everyFiveMinutes(cluster, 60);
      expect([day, cluster.heard.alarms.length, cluster.heard.pauses.length]).toEqual([day, day, day]);
    }
    expect(cluster.has(pod.address)).toBe(true);
    expect(node.status.sweepEpoch).toBe(0);
    expect(cluster.wrong).toEqual([]);
  });

  test("H43 H81 releases it once the node has looked: the sandbox is dead", async () => {
    const { cluster, node, pod } = await deadSandbox();
    await cluster.sweep();
    expect(cluster.has(pod.address)).toBe(true);
    endUnheard(node, pod);
    await cluster.clock.until(cluster.allocator().startPod());
    await cluster.converge();
    expect(cluster.has(pod.address)).toBe(false);
    expect(cluster.wrong).toEqual([]);
  });

  test("H13 keeps it without an alarm where the allocator has just looked, and the container runs", async () => {
    const { cluster, pod } = await deadSandbox("ipamd");
    await everyFiveMinutes(cluster, 60);
    expect(cluster.has(pod.address)).toBe(true);
    expect(cluster.heard.alarms).toEqual([]);
    expect(cluster.unfinished).toEqual([]);
  });

  test("keeps what a Pod that lives has, without an alarm, although somebody marked it", async () => {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 4, allocator: "cni" });
    const pod = node.runPod("web");
    await cluster.start();
    const leak = { cause: "pod-gone", scope: "Address", firstObservedAt: cluster.world.timestamp(-7200) };
    const record = cluster.record(pod.address);
    cluster.world.api.replace("vpcips", { ...record, spec: { ...record?.spec, leak } } as never);
    await cluster.sweep();
    expect(cluster.heard.alarms).toEqual([]);
    expect(cluster.isMarked(pod.address)).toBe(false);
    expect(cluster.has(pod.address)).toBe(true);
  });
});
