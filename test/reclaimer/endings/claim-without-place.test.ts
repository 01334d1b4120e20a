import { describe, expect, test } from "@jest/globals";
import { type Address, parseAddress } from "../../../src/domain/address.ts";
import type { VpcIPSpec } from "../../../src/domain/objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../../../src/domain/objects/vpcipclaim.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";
import { everyFiveMinutes, pausesInAnHour, pool } from "./laid.ts";

/** A static claim's record names no place, while EC2 has its address on an interface of node a. */
async function assignedElsewhere(over: Partial<VpcIPSpec> = {}) {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 3 });
  node.runPod("web");
  const place = node.spare();
  await cluster.start();
  const uid = leaks.layClaim(node, "db", place.address, { spec: { static: true } });
  const claim = { namespace: "default", name: "db", uid, podUID: "uid-of-db", containerID: "was-db" };
  node.layRecord(place, { claim, nodeName: "gone", instanceID: undefined, interfaceID: undefined, ...over });
  const spec = () => cluster.record(place.address)?.spec;
  return { cluster, node, ...place, claim, spec };
}

describe("a static claim's address that EC2 has given to another node of ours", () => {
  test("is written down where it is, so that its Pod finds it there or asks for it; its claim stays", async () => {
    const { cluster, node, claim, spec, address, interfaceID } = await assignedElsewhere();
    await cluster.daily();
    expect(spec()).toEqual({
      nodeName: "a",
      instanceID: node.instanceID,
      interfaceID,
      subnetID: node.subnetID,
      claim,
    });
    expect(cluster.has(address, interfaceID)).toBe(true);
    expect(cluster.wrong).toEqual([]);
    const writes = cluster.calls("PUT", "vpcips.vpcip.dev");
    await cluster.daily();
    expect(cluster.calls("PUT", "vpcips.vpcip.dev")).toBe(writes);
  });

  test("keeps the record as it is while an instance asks EC2 for the address", async () => {
    const { cluster, spec } = await assignedElsewhere({ nodeName: "b", instanceID: "i-0123456789abcdef0" });
    await cluster.daily();
    expect(spec()).toMatchObject({ nodeName: "b", instanceID: "i-0123456789abcdef0" });
    expect(spec()?.interfaceID).toBeUndefined();
  });

  test("keeps the record as whoever serves the claim writes it meanwhile", async () => {
    const { cluster, spec, address } = await assignedElsewhere();
    cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev", name: address }, () => {
      const record = cluster.record(address);
      const next = { ...record?.spec, nodeName: "b", instanceID: "i-0123456789abcdef0" };
      cluster.world.api.replace("vpcips", { ...record, spec: next } as never);
    });
    await cluster.daily();
    expect(spec()).toMatchObject({ nodeName: "b", instanceID: "i-0123456789abcdef0" });
  });

  test("keeps the record without a place where EC2 has the address there no more", async () => {
    const { cluster, node, spec, address } = await assignedElsewhere();
    cluster.when({ verb: "GET", resource: "vpcips.vpcip.dev", name: address }, () => node.terminate());
    await cluster.daily();
    expect(spec()?.claim).toBeDefined();
    expect(spec()?.interfaceID).toBeUndefined();
  });

  test("is written down also where a pool lists it: nobody can hand it out there, for its name is taken", async () => {
    const { cluster, node, claim, spec, address, interfaceID } = await assignedElsewhere();
    pool(node, address as never, interfaceID);
    await cluster.daily();
    expect(spec()).toMatchObject({ nodeName: "a", instanceID: node.instanceID, interfaceID, claim });
    expect(cluster.has(address, interfaceID)).toBe(true);
    expect(cluster.wrong).toEqual([]);
  });

  test("keeps an address in the pool whose record names a place, or is no static claim's", async () => {
    const other = { namespace: "default", name: "web", podUID: "uid-of-web", containerID: "web" };
    for (const over of [{ claim: other }, { nodeName: "b", instanceID: "i-0123456789abcdef0" }]) {
      const { cluster, node, spec, address, interfaceID } = await assignedElsewhere(over);
      pool(node, address as never, interfaceID);
      await cluster.daily();
      expect(spec()?.interfaceID).toBeUndefined();
    }
  });
});

describe("a static claim whose time is over, whose record names no place, and whose address a pool lists", () => {
  async function pooled(isThere: boolean) {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 3 });
    leaks.claimExpired(node, "db");
    await cluster.start();
    const key = { namespace: "default", name: "db" };
    const claim = () => cluster.world.api.get<StoredVpcIPClaim>("vpcipclaims", key);
    const address = claim()?.status?.address ?? "";
    const record = cluster.record(address);
    const { instanceID: _i, interfaceID = "", leak: _l, ...spec } = record?.spec ?? { nodeName: "a" };
    cluster.world.api.replace("vpcips", { ...record, spec } as never);
    pool(node, address as never, isThere ? interfaceID : "eni-0123456789abcdef0");
    return { cluster, claim, address };
  }

  test("H49 goes with its claim, and the address stays in the pool, free to be used", async () => {
    const { cluster, claim, address } = await pooled(true);
    await everyFiveMinutes(cluster, 60);
    expect(cluster.record(address)).toBeUndefined();
    expect(claim()).toBeUndefined();
    expect(cluster.has(address)).toBe(true);
    expect(cluster.released).toEqual([]);
    expect(await pausesInAnHour(cluster)).toBe(0);
  });

  test("keeps the record where EC2 doesn't have the address where the pool says, and pauses the node less and less often", async () => {
    const { cluster, claim, address } = await pooled(false);
    await everyFiveMinutes(cluster, 6 * 60);
    expect(cluster.record(address)?.spec.claim).toBeDefined();
    expect(claim()).toBeDefined();
    expect(await pausesInAnHour(cluster)).toBeLessThanOrEqual(1);
  });
});

describe("a record without a place, of a Pod that has another address on another node by now", () => {
  /** The address that the record of node a names was somebody's on an interface that is gone. */
  async function servedElsewhere(nodeName = "a") {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 2 });
    const other = cluster.node("b", { secondaries: 2 });
    node.runPod("web");
    const pod = other.runPod("db");
    await cluster.start();
    const address = "10.0.0.250";
    const claim = {
      namespace: pod.namespace,
      name: pod.name,
      uid: "11111111-2222-4333-8444-555555555555",
      podUID: pod.uid,
      containerID: "was-db",
    };
    const place = { address: parseAddress(address) as Address, interfaceID: node.interfaceIDs[0] ?? "" };
    node.layRecord(place, { claim, nodeName, instanceID: undefined, interfaceID: undefined });
    return { cluster, other, pod, address };
  }

  test.each(["a", "gone"])(
    "H49 goes under the lease of the node that it names: %s; the Pod's own stays",
    async (name) => {
      const { cluster, pod, address } = await servedElsewhere(name);
      for (let days = 0; days < 2; days++) await cluster.day();
      expect(cluster.record(address)).toBeUndefined();
      expect(cluster.record(pod.address)).toBeDefined();
      expect(cluster.wrong).toEqual([]);
    },
  );

  test("keeps it while the Pod shows no address", async () => {
    const { cluster, other, pod, address } = await servedElsewhere();
    cluster.world.kubernetes.erase("pods", pod.name, pod.namespace);
    other.layPod(pod, { phase: "Pending", podIP: "" });
    for (let days = 0; days < 2; days++) await cluster.day();
    expect(cluster.record(address)).toBeDefined();
  });
});
