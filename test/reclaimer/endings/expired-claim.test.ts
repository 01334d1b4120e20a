import { describe, expect, test } from "@jest/globals";
import type { Settings } from "../../../src/reclaimer/settings.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";
import { lineTo, UNASSIGN } from "../sweep/one-leak.ts";
import { everyFiveMinutes, pausesInAnHour, pool } from "./laid.ts";

async function expired(over: Partial<Settings> = {}) {
  const cluster = new Cluster(over);
  const node = cluster.node("a", { secondaries: 4 });
  leaks.claimExpired(node, "db");
  node.runPod("web");
  await cluster.start();
  const key = { namespace: "default", name: "db" };
  const claim = () =>
    cluster.world.api.get<{ metadata: { name: string }; status?: { address?: string } }>("vpcipclaims", key);
  const address = claim()?.status?.address ?? "";
  const marked = async () => {
    await cluster.collect("leaks");
    await cluster.wait(31);
  };
  return { cluster, node, claim, address, marked };
}

describe("a static claim whose time is over, and whose address was released unheard", () => {
  test.each(["lost-before", "lost-after"] as const)("H49 goes in the end (%s)", async (fate) => {
    const { cluster, claim, address, marked } = await expired();
    await marked();
    await cluster.sweep("a", {}, lineTo(UNASSIGN, fate));
    expect(claim()).toBeDefined();
    await everyFiveMinutes(cluster, 60);
    expect(cluster.has(address)).toBe(false);
    expect(claim()).toBeUndefined();
    expect(cluster.unfinished).toEqual([]);
  });

  test("keeps a claim that a Pod has taken up again with another address since the record was marked", async () => {
    const { cluster, claim, address, marked } = await expired();
    await marked();
    const now = claim();
    const status = { ...now?.status, address: "10.0.0.250" };
    cluster.world.api.replaceStatus("vpcipclaims", {
      ...now,
      metadata: { ...now?.metadata },
      status,
    } as never);
    await cluster.sweep();
    expect(cluster.has(address)).toBe(false);
    expect(claim()).toBeDefined();
  });

  test("H49 keeps its address where a pool lists it, and the node is not paused for it again and again", async () => {
    const { cluster, node, address } = await expired();
    pool(node, address as never, cluster.record(address)?.spec.interfaceID ?? "");
    await everyFiveMinutes(cluster, 6 * 60);
    expect(cluster.has(address)).toBe(true);
    expect(await pausesInAnHour(cluster)).toBeLessThanOrEqual(1);
  });

  /** The claim, with no record that names it. */
  async function alone(over: Partial<Settings> = {}) {
    const laid = await expired(over);
    laid.cluster.world.kubernetes.erase("vpcips.vpcip.dev", laid.address);
    return laid;
  }

  test("H34 keeps it while a Pod of its name is there", async () => {
    const { cluster, node, claim } = await alone();
    node.layPod({ uid: "next", name: "db", namespace: "default" }, { phase: "Pending" });
    await everyFiveMinutes(cluster, 15);
    expect(claim()).toBeDefined();
    cluster.world.kubernetes.erase("pods", "db", "default");
    await everyFiveMinutes(cluster, 5);
    expect(claim()).toBeUndefined();
  });

  test("keeps it where only observed, and where its node's group is", async () => {
    for (const over of [{ mode: "observe" as const }, { releaseNodeGroups: ["others"] }]) {
      const { cluster, claim } = await alone(over);
      await everyFiveMinutes(cluster, 15);
      expect(claim()).toBeDefined();
    }
  });

  test("H29 keeps it while frozen", async () => {
    const { cluster, claim } = await alone();
    cluster.freeze();
    await everyFiveMinutes(cluster, 15);
    expect(claim()).toBeDefined();
  });

  test("keeps it while its record names it: it goes with its address", async () => {
    const { cluster, claim } = await expired();
    await everyFiveMinutes(cluster, 25);
    expect(claim()).toBeDefined();
  });

  test("H34 isn't marked while a Pod of its name waits for the address", async () => {
    const { cluster, node, address } = await expired();
    node.layPod({ uid: "next", name: "db", namespace: "default" }, { phase: "Pending" });
    const record = cluster.record(address);
    const { leak: _leak, ...spec } = record?.spec ?? { nodeName: "a" };
    cluster.world.api.replace("vpcips", { ...record, spec } as never);
    await cluster.collect("due");
    expect(cluster.isMarked(address)).toBe(false);
    cluster.world.kubernetes.erase("pods", "db", "default");
    await cluster.collect("due");
    expect(cluster.isMarked(address)).toBe(true);
  });
});
