import { describe, expect, test } from "@jest/globals";
import { assignAgain, due, lineTo, startPod, UNASSIGN } from "./one-leak.ts";

describe("after an unclear answer", () => {
  test("H21 H25 a late request meets nobody: the address is not handed out on that interface again", async () => {
    const { cluster, node, address, interfaceID } = await due();
    const arrival = cluster.clock.sleep(10 * 60_000);
    await cluster.sweep("a", {}, lineTo(UNASSIGN, { lateFrom: arrival }));
    await cluster.dueRun(5);
    assignAgain(cluster, node, address, interfaceID);
    const pod = await startPod(cluster);
    await cluster.wait(10);
    expect(cluster.has(address)).toBe(false);
    expect(cluster.wrong).toEqual([]);
    expect(pod).toBeUndefined();
  });

  test("H21 the record stays as a tombstone bound to address and interface, without the claim", async () => {
    const { cluster, address, interfaceID } = await due();
    await cluster.sweep("a", {}, lineTo(UNASSIGN, "lost-after"));
    const { claim, tombstones } = cluster.record(address)?.spec ?? {};
    expect(claim).toBeUndefined();
    expect(tombstones).toEqual([{ interfaceID, until: expect.any(String) }]);
    expect(cluster.heard.audit.map(({ answer }) => answer)).toEqual(["unclear"]);
    expect(cluster.heard.counts.get("Unclear")).toBe(1);
  });

  test("H21 the tombstone stands for longer than a signature lives, on either side of the clock", async () => {
    const { cluster, address } = await due();
    const sentAt = cluster.clock.now();
    await cluster.sweep("a", {}, lineTo(UNASSIGN, "lost-after"));
    for (let minutes = 5; minutes <= 30; minutes += 5) {
      await cluster.dueRun(5);
      expect([minutes, cluster.record(address)?.spec.tombstones?.length]).toEqual([minutes, 1]);
    }
    await cluster.dueRun(10);
    expect(cluster.record(address)).toBeUndefined();
    expect(cluster.clock.now() - sentAt).toBeGreaterThanOrEqual(35 * 60_000);
  });

  test("releases what the lost request left, and keeps the binding", async () => {
    const { cluster, address } = await due();
    await cluster.sweep("a", {}, lineTo(UNASSIGN, "lost-before"));
    expect(cluster.has(address)).toBe(true);
    await cluster.dueRun(5);
    expect(cluster.has(address)).toBe(false);
    expect(cluster.record(address)?.spec.tombstones?.length).toBe(1);
    await cluster.converge();
    expect(cluster.unfinished).toEqual([]);
  });

  test("H73 another interface gets the address at once, and carries the binding along", async () => {
    const { cluster, address, interfaceID } = await due();
    const other = cluster.node("b", { secondaries: 0 });
    await cluster.start();
    await cluster.sweep("a", {}, lineTo(UNASSIGN, "lost-after"));
    await cluster.dueRun(5);
    assignAgain(cluster, other, address, other.interfaceIDs[0] ?? "");
    const pod = await startPod(cluster, "b");
    expect(pod?.address).toBe(address);
    expect(cluster.record(address)?.spec.tombstones?.map((bound) => bound.interfaceID)).toEqual([
      interfaceID,
    ]);
    await cluster.converge();
    expect(cluster.has(address)).toBe(true);
    expect(cluster.wrong).toEqual([]);
  });
});

describe("after a clear answer", () => {
  test("H73 the record goes at once, and the address is usable again, on the same interface too", async () => {
    const { cluster, node, address, interfaceID } = await due();
    await cluster.sweep();
    expect(cluster.record(address)).toBeUndefined();
    assignAgain(cluster, node, address, interfaceID);
    expect((await startPod(cluster))?.address).toBe(address);
  });

  test("H22 one request was sent, and none again", async () => {
    const { cluster } = await due();
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "InternalError", { status: 500 });
    await cluster.sweep();
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(0);
    expect(cluster.heard.audit.map(({ answer }) => answer)).toEqual(["unclear"]);
  });
});

describe("the end of a tombstone", () => {
  async function entombed() {
    const laid = await due();
    const { cluster } = laid;
    await cluster.sweep("a", {}, lineTo(UNASSIGN, "lost-after"));
    await cluster.dueRun(5);
    return laid;
  }

  test("H69 takes the address out of the pool of its interface before the record goes", async () => {
    const { cluster, node, address, interfaceID } = await entombed();
    node.updateStatus((status) => ({ ...status, pool: [{ address, interfaceID }] }));
    const order: string[] = [];
    cluster.world.kubernetes.onChange(({ resource, object, type }) => {
      if (resource.plural === "nodeeniconfigs" && node.status.pool?.length === 0)
        order.push("out of the pool");
      if (resource.plural === "vpcips" && object.metadata.name === address && type === "DELETED")
        order.push("record gone");
    });
    await cluster.dueRun(36);
    expect(order.slice(0, 2)).toEqual(["out of the pool", "record gone"]);
    expect(await startPod(cluster)).toBeUndefined();
  });

  test("H69 comes also where EC2 shows the address on that interface again: it is taken out of the pool, and released", async () => {
    const { cluster, node, address, interfaceID } = await entombed();
    assignAgain(cluster, node, address, interfaceID);
    await cluster.dueRun(36);
    expect(cluster.record(address)).toBeUndefined();
    expect(node.status.pool).toEqual([]);
    await cluster.converge();
    expect(cluster.has(address)).toBe(false);
    expect(cluster.unfinished).toEqual([]);
    expect(cluster.wrong).toEqual([]);
  });

  test("does not come before its time, whoever asks", async () => {
    const { cluster, address } = await entombed();
    await cluster.wait(20);
    expect((await cluster.sweep()).outcome).toBe("nothing-due");
    await cluster.clean({ minimumAgeSeconds: 60 });
    expect(cluster.record(address)).toBeDefined();
  });

  test("pauses nobody while it stands", async () => {
    const { cluster } = await entombed();
    cluster.heard.clear();
    for (let run = 0; run < 5; run++) await cluster.dueRun(5);
    expect(cluster.heard.pauses).toEqual([]);
  });
});
