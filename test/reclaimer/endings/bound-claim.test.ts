import { describe, expect, test } from "@jest/globals";
import { withMirror } from "../../../src/adapters/kubernetes/labels.ts";
import { bound } from "../../../src/domain/record-transitions.ts";
import { Cluster } from "../harness.ts";
import { everyFiveMinutes } from "./laid.ts";

/** A running Pod's record that carries a tombstone of its node's other interface, which lists the address in its pool yet. */
async function boundPod(secondsLeft: number) {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 3, extraInterfaces: 1 });
  const pod = node.runPod("web");
  await cluster.start();
  const other = node.interfaceIDs.find((id) => id !== pod.interfaceID) ?? "";
  const record = cluster.record(pod.address);
  if (record === undefined) throw new Error("no record");
  const until = cluster.world.timestamp(secondsLeft);
  cluster.world.api.replace("vpcips", withMirror(bound(record, other, until)) as never);
  node.updateStatus((status) => ({
    ...status,
    pool: [...(status.pool ?? []), { address: pod.address, interfaceID: other }],
  }));
  const isPooled = () =>
    node.status.pool?.some((entry) => entry.interfaceID === other && entry.address === pod.address);
  return { cluster, node, pod, isPooled };
}

describe("a tombstone on the record of a Pod that runs", () => {
  test("H51 H69 ends in its time: the address out of the pool of the bound interface, then the tombstone; the claim stays", async () => {
    const { cluster, pod, isPooled } = await boundPod(600);
    const { claim } = cluster.record(pod.address)?.spec ?? {};
    await cluster.sweep();
    expect(cluster.record(pod.address)?.spec.tombstones).toHaveLength(1);
    expect(cluster.heard.pauses).toEqual([]);
    await cluster.wait(15);
    await cluster.sweep();
    const record = cluster.record(pod.address);
    expect(record?.spec.tombstones).toBeUndefined();
    expect(record?.spec.claim).toEqual(claim);
    expect(record?.metadata.labels?.["vpcip.dev/bound"]).toBeUndefined();
    expect(isPooled()).toBe(false);
    expect(cluster.has(pod.address)).toBe(true);
    expect(cluster.wrong).toEqual([]);
  });

  test("H51 is found by the daily run, and by the first one after it is over", async () => {
    const { cluster, pod, isPooled } = await boundPod(600);
    await cluster.daily();
    expect(cluster.heard.pauses).toEqual([]);
    await cluster.wait(11);
    await cluster.daily();
    expect(cluster.record(pod.address)?.spec.tombstones).toBeUndefined();
    expect(cluster.record(pod.address)?.spec.claim).toBeDefined();
    expect(isPooled()).toBe(false);
    await cluster.wait(24 * 60);
    await cluster.daily();
    expect(cluster.heard.pauses).toHaveLength(1);
  });

  test("H51 is not looked for again once it is gone: the node is paused once", async () => {
    const { cluster } = await boundPod(-60);
    for (let day = 0; day < 3; day++) {
      await cluster.sweep();
      await everyFiveMinutes(cluster, 15);
    }
    expect(cluster.heard.pauses).toHaveLength(1);
  });

  test("keeps it where a person opted the address out", async () => {
    const { cluster, pod } = await boundPod(-60);
    const record = cluster.record(pod.address);
    const annotations = { "vpcip.dev/keep": "yes" };
    cluster.world.api.replace("vpcips", {
      ...record,
      metadata: { ...record?.metadata, annotations },
    } as never);
    await cluster.sweep();
    await everyFiveMinutes(cluster, 15);
    expect(cluster.record(pod.address)?.spec.tombstones).toHaveLength(1);
    expect(cluster.heard.pauses).toEqual([]);
  });
});
