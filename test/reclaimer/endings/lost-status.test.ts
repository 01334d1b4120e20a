import { describe, expect, test } from "@jest/globals";
import type { StoredVpcIPClaim } from "../../../src/domain/objects/vpcipclaim.ts";
import { START } from "../../../src/sandbox/engine/world.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";
import { everyFiveMinutes } from "./laid.ts";

const KEY = { namespace: "default", name: "db" };

/** A static claim for an hour, whose status is lost; its VpcIP names it. */
async function lost(status: Readonly<Record<string, unknown>> = {}) {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 4 });
  leaks.claimExpired(node, "db");
  node.runPod("web");
  await cluster.start();
  const claim = () => cluster.world.api.get<StoredVpcIPClaim>("vpcipclaims", KEY);
  const address = claim()?.status?.address ?? "";
  cluster.world.api.replaceStatus("vpcipclaims", { ...claim(), status } as never);
  const record = cluster.record(address);
  const { leak: _leak, ...spec } = record?.spec ?? { nodeName: "a" };
  cluster.world.api.replace("vpcips", { ...record, spec } as never);
  const daily = async () => {
    await cluster.collect("leaks");
    await everyFiveMinutes(cluster, 120);
    await cluster.wait(22 * 60);
  };
  return { cluster, node, claim, address, daily };
}

describe("a static claim whose status tells no address", () => {
  test("H33 H49 is told by its VpcIP's spec what was lost, and its time counts from the absence that is seen then", async () => {
    const { cluster, claim, address } = await lost();
    await cluster.collect("leaks");
    expect(claim()?.status).toEqual({ address, nodeName: "a", podUID: "uid-of-db" });
    await everyFiveMinutes(cluster, 50);
    expect(claim()?.status).toMatchObject({ address, detachedPodUID: "uid-of-db" });
    expect(cluster.has(address)).toBe(true);
    await everyFiveMinutes(cluster, 120);
    expect(cluster.has(address)).toBe(false);
    expect(claim()).toBeUndefined();
    expect(cluster.wrong).toEqual([]);
  });

  test("H33 forgets with it an absence that was noted of who knows which Pod", async () => {
    const { cluster, claim, address } = await lost({ detachedAt: new Date(START).toISOString() });
    await cluster.collect("leaks");
    expect(claim()?.status).toEqual({ address, nodeName: "a", podUID: "uid-of-db" });
  });

  test("keeps it as it is while the Pod that its VpcIP names lives: the allocator is about to write it", async () => {
    const { cluster, node, claim } = await lost();
    node.layPod({ uid: "uid-of-db", ...KEY }, { phase: "Pending" });
    await cluster.collect("leaks");
    expect(claim()?.status?.address).toBeUndefined();
  });

  test("keeps it as it is where it tells another address, or the VpcIP names another claim of its name", async () => {
    const other = await lost({ address: "10.0.0.250", nodeName: "b", podUID: "other" });
    await other.cluster.collect("leaks");
    expect(other.claim()?.status).toMatchObject({ address: "10.0.0.250", nodeName: "b" });
    const { cluster, claim, address } = await lost();
    const record = cluster.record(address);
    const named = { ...record?.spec.claim, uid: "another" };
    cluster.world.api.replace("vpcips", { ...record, spec: { ...record?.spec, claim: named } } as never);
    await cluster.collect("leaks");
    expect(claim()?.status?.address).toBeUndefined();
  });
});
