import { describe, expect, test } from "@jest/globals";
import type { Metric } from "../../../src/ports/notices.ts";
import { leakDue } from "../endings/laid.ts";
import { Cluster } from "../harness.ts";

/** A node of which so many addresses look leaked, beside as many that its Pods have. */
async function laid(leaks = 0) {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 29, instanceType: "m5.4xlarge" });
  const pod = node.runPod("web");
  const leaked = Array.from({ length: leaks }, () => node.spare().address);
  await cluster.start();
  return { cluster, node, pod, leaked };
}

const count = ({ heard }: Cluster, metric: Metric) => heard.counts.get(metric) ?? 0;

describe("the dead man's alarm", () => {
  test("hears of each daily run that has marked what leaked, of no other run, and of none while a freeze is on", async () => {
    const { cluster, node } = await laid(1);
    await cluster.collect("due");
    await cluster.collect({ kind: "instance-terminated", instanceID: node.instanceID });
    expect(count(cluster, "CollectSucceeded")).toBe(0);
    await cluster.collect("leaks");
    await cluster.collect("leaks");
    expect(count(cluster, "CollectSucceeded")).toBe(2);
    cluster.freeze();
    await cluster.collect("leaks");
    expect(count(cluster, "CollectSucceeded")).toBe(2);
  });
});

describe("people are told", () => {
  test("how many addresses look leaked, are kept, and are unknown", async () => {
    const { cluster, node } = await laid(3);
    await cluster.collect("leaks");
    const told = () => (["Leaked", "Kept", "Unknown"] as const).map((metric) => count(cluster, metric));
    expect(told()).toEqual([3, 26, 0]);
    cluster.heard.clear();
    node.removeNodeObject();
    await cluster.collect("leaks");
    const [leaked, kept = 0, unknown = 0] = told();
    expect([leaked, kept + unknown]).toEqual([0, 29]);
    expect(unknown).toBeGreaterThanOrEqual(3);
  });

  test("H76 of interfaces of our nodes without the cluster's tag, each day, until they have it", async () => {
    const { cluster, node, interfaceID } = await leakDue({ isPrimaryUntagged: true });
    const told = () => cluster.heard.alarms.filter(({ kind }) => kind === "untagged-interface");
    expect(told()).toHaveLength(1);
    expect(told()[0]?.message).toContain(`1 (${interfaceID})`);
    await cluster.collect("leaks");
    expect(told()).toHaveLength(2);
    const Tags = Object.entries(node.tags()).map(([Key, Value]) => ({ Key, Value }));
    cluster.world.ec2.call("CreateTags", { Resources: [interfaceID], Tags });
    await cluster.collect("leaks");
    expect(told()).toHaveLength(2);
  });

  test("H17 by marks what the breaker holds, so that they can look at it; nothing of it is queued", async () => {
    const { cluster, leaked } = await laid(25);
    const { queued } = await cluster.collect("leaks");
    expect(queued).toEqual([]);
    expect(cluster.heard.alarmKinds).toContain("breaker");
    expect(count(cluster, "BreakerTripped")).toBeGreaterThan(0);
    expect(count(cluster, "HeldBack")).toBe(25);
    expect(leaked.filter((address) => !cluster.isMarked(address))).toEqual([]);
    const { metadata } = cluster.record(leaked[0] ?? "") ?? {};
    expect(metadata?.labels?.["vpcip.dev/state"]).toBe("Leaked");
  });
});
