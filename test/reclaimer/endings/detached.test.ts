import { describe, expect, test } from "@jest/globals";
import type { NodeENIConfigStatus } from "../../../src/domain/objects/nodeeniconfig.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";

type Entry = NonNullable<NodeENIConfigStatus["interfaces"]>[number];

/** A living node whose agent was killed between detach and delete; its config says this of the interface. */
async function detached(allocator: "ipamd" | "cni", listed: Omit<Entry, "id">, minutesOpen?: number) {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 2, allocator });
  node.runPod("web");
  await cluster.start();
  const id = leaks.detachedInterface(node);
  const startedAt = cluster.world.timestamp(-60 * (minutesOpen ?? 0));
  const refills = minutesOpen === undefined ? [] : [{ id: "r1", interfaceID: id, count: 1, startedAt }];
  node.updateStatus((status) => ({
    ...status,
    interfaces: [...(status.interfaces ?? []), { ...listed, id }],
    refills,
  }));
  const isThere = () => cluster.world.ec2.snapshot().some((item) => item.id === id);
  return { cluster, node, id, isThere };
}

describe("a detached interface that the config of a living node lists still", () => {
  test.each([
    ["ipamd", "Detaching"],
    ["ipamd", "Attached"],
    ["cni", "Detaching"],
    ["cni", "Attached"],
  ] as const)(
    "H41 is deleted (%s, %s), once its mark is old enough and the report holds",
    async (allocator, state) => {
      const { cluster, isThere } = await detached(allocator, { state });
      await cluster.collect("leaks");
      await cluster.dueRun(20);
      expect(isThere()).toBe(true);
      await cluster.dueRun(11);
      expect(isThere()).toBe(false);
      expect(cluster.unfinished).toEqual([]);
      expect(cluster.wrong).toEqual([]);
    },
  );

  test.each(["ipamd", "cni"] as const)("keeps it while its allocator (%s) attaches it", async (allocator) => {
    const { cluster, isThere } = await detached(allocator, { state: "Attaching" });
    await cluster.converge();
    expect(isThere()).toBe(true);
  });

  test("H41 keeps it where one of its addresses is in the pool", async () => {
    const { cluster, node, id, isThere } = await detached("ipamd", { state: "Detaching" });
    const [address = ""] = cluster.world.assignedTo(id);
    node.updateStatus((status) => ({
      ...status,
      pool: [...(status.pool ?? []), { address, interfaceID: id }],
    }));
    await cluster.converge();
    expect(isThere()).toBe(true);
  });

  test("H41 keeps it where no report holds", async () => {
    const { cluster, isThere } = await detached("ipamd", { state: "Detaching" });
    cluster.allocator().kill();
    await cluster.converge();
    expect(isThere()).toBe(true);
    expect(cluster.heard.alarmKinds).toContain("allocator-silent");
  });

  test("H41 an old open refill holds it no longer, and is gone after the bump", async () => {
    const { cluster, node, isThere } = await detached("ipamd", { state: "Detaching" }, 11);
    await cluster.day();
    expect(isThere()).toBe(false);
    expect(node.status.refills).toEqual([]);
  });

  test("H41 keeps it while a refill of it is young", async () => {
    const { cluster, isThere } = await detached("ipamd", { state: "Detaching" }, 9);
    await cluster.collect("leaks");
    expect(cluster.unfinished).toEqual([]);
    await cluster.dueRun(31);
    expect(isThere()).toBe(true);
  });
});
