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

describe("a detached interface of a living node that has a waiting static claim's address", () => {
  /** The claim's record is another node's, and names no place. */
  async function waitedFor(names: "an address" | "the primary" = "an address") {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 2 });
    node.runPod("web");
    await cluster.start();
    const id = leaks.detachedInterface(node);
    const item = cluster.world.ec2.snapshot().find((each) => each.id === id);
    const address = (names === "the primary" ? item?.primary : item?.secondary[0]) ?? "";
    const uid = leaks.layClaim(node, "db", address, { spec: { static: true } });
    const claim = { namespace: "default", name: "db", uid, podUID: "uid-of-db", containerID: "was-db" };
    node.layRecord(
      { address: address as never, interfaceID: id },
      {
        claim,
        nodeName: "gone",
        instanceID: undefined,
        interfaceID: undefined,
      },
    );
    const isThere = () => cluster.world.ec2.snapshot().some((each) => each.id === id);
    return { cluster, node, id, address, claim, isThere };
  }

  test.each(["an address", "the primary"] as const)(
    "H41 is deleted (%s), so that the claim's next node can ask EC2 for it; record and claim stay as they are",
    async (names) => {
      const { cluster, address, claim, isThere } = await waitedFor(names);
      const before = cluster.record(address)?.metadata.resourceVersion;
      await cluster.day();
      expect(isThere()).toBe(false);
      expect(cluster.record(address)?.spec).toMatchObject({ claim, nodeName: "gone" });
      expect(cluster.record(address)?.metadata.resourceVersion).toBe(before);
      expect(cluster.world.api.get("vpcipclaims", { namespace: "default", name: "db" })).toBeDefined();
      expect(cluster.wrong).toEqual([]);
      expect(cluster.unfinished).toEqual([]);
    },
  );

  test("keeps it where the claim's record is told meanwhile that the address is there", async () => {
    const { cluster, node, id, address, isThere } = await waitedFor();
    await cluster.collect("leaks");
    const record = cluster.record(address);
    const place = { nodeName: "b", instanceID: node.instanceID, interfaceID: id };
    cluster.world.api.replace("vpcips", { ...record, spec: { ...record?.spec, ...place } } as never);
    await cluster.dueRun(31);
    expect(isThere()).toBe(true);
  });
});
