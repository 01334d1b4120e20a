import { describe, expect, test } from "@jest/globals";
import { everyFiveMinutes, leakDue } from "./laid.ts";

const BREAKER = { nodeShare: 0.5, subnetShare: 1, clusterShare: 1, minimumLeaks: 3 };

/** One leak was marked; when its time has come, the whole pool of the node looks leaked too. */
async function worseThanMarked() {
  const laid = await leakDue({ secondaries: 6 }, { breaker: BREAKER });
  const { pool = [] } = laid.node.status;
  laid.node.updateStatus((status) => ({ ...status, pool: [] }));
  return { ...laid, pool };
}

describe("a node's breaker that trips under its lease", () => {
  test("H17 H54 keeps everything, is written down for every path, and pauses the node no more", async () => {
    const { cluster, address } = await worseThanMarked();
    await everyFiveMinutes(cluster, 60);
    expect(cluster.has(address)).toBe(true);
    expect(cluster.heard.pauses).toHaveLength(1);
    expect(cluster.heard.alarmKinds).toEqual(["breaker"]);
    expect(cluster.freezeObject()?.data?.["breaker"]).toContain('"name":"a"');
    expect(cluster.freezeObject()?.data?.["frozen"]).toBe("false");
    expect((await cluster.sweep()).outcome).toBe("held-back");
  });

  test("H17 the next daily run that finds less takes it away, and the node is swept", async () => {
    const { cluster, node, address, pool } = await worseThanMarked();
    await everyFiveMinutes(cluster, 10);
    node.updateStatus((status) => ({ ...status, pool }));
    await cluster.converge();
    expect(cluster.freezeObject()?.data?.["breaker"]).toBeUndefined();
    expect(cluster.has(address)).toBe(false);
    expect(cluster.wrong).toEqual([]);
  });

  test("keeps what others have tripped beside its own", async () => {
    const { cluster } = await worseThanMarked();
    const other = { scope: "subnet", name: "subnet-x", leaked: 9, total: 9, limit: 0.5 };
    cluster.freeze({ frozen: "false", breaker: JSON.stringify([other]) });
    await cluster.sweep();
    const trips = JSON.parse(cluster.freezeObject()?.data?.["breaker"] ?? "[]") as { name: string }[];
    expect(trips.map(({ name }) => name)).toEqual(["subnet-x", "a"]);
  });

  test("H29 lets a person's freeze stand that comes before it is written", async () => {
    const { cluster } = await worseThanMarked();
    cluster.when({ verb: "GET", resource: "configmaps", nth: 2 }, () => cluster.freeze());
    await cluster.sweep();
    expect(cluster.freezeObject()?.data).toEqual({ frozen: "true", reason: "by hand" });
  });

  test("is told where it can't be written down: the node is kept all the same", async () => {
    const { cluster, address } = await worseThanMarked();
    cluster.world.kubernetes.faults.add({ verb: "PUT", resource: "configmaps", kind: "status", code: 500 });
    await cluster.sweep();
    expect(cluster.has(address)).toBe(true);
    expect(cluster.heard.alarmKinds).toEqual(["breaker", "item-failed"]);
  });
});
