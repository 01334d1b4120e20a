import { describe, expect, test } from "@jest/globals";
import { prefixMembers } from "../../../src/domain/address.ts";
import { SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import type { StoredVpcIPClaim } from "../../../src/domain/objects/vpcipclaim.ts";
import { claimOf, type SandboxNode } from "../../../src/sandbox/engine/node.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";
import { lineTo, UNASSIGN } from "../sweep/one-leak.ts";
import { everyFiveMinutes } from "./laid.ts";

/** A node that died with a static Pod's address, on an interface that stayed; the claim retains it for ever. */
async function deadWithStatic(
  fate: "terminated" | "forgotten" | "stopped" = "terminated",
  lay = leaks.detachedInterface,
) {
  const cluster = new Cluster({
    breaker: { nodeShare: 1, subnetShare: 1, clusterShare: 1, minimumLeaks: 99 },
  });
  const node = cluster.node("old", { secondaries: 2 });
  const alive = cluster.node("new", { secondaries: 2 });
  alive.runPod("web");
  await cluster.start();
  const stayed = lay(node);
  const [block] = cluster.world.ec2.snapshot().find(({ id }) => id === stayed)?.prefixes ?? [];
  const [address = ""] = block === undefined ? cluster.world.assignedTo(stayed) : prefixMembers(block);
  const uid = leaks.layClaim(node, "db", address, { spec: { static: true, reclaimPolicy: "Never" } });
  const pod = {
    namespace: "default",
    name: "db",
    uid: "uid-of-db",
    containerID: "was-db",
    address,
    interfaceID: stayed,
  };
  node.layRecord(
    { address: address as never, interfaceID: stayed },
    { claim: { ...claimOf(pod as never), uid } },
  );
  cluster.allocator("old").kill();
  cluster.allocators.delete("old");
  cluster.world.kubernetes.erase("leases.coordination.k8s.io", "old", SYSTEM_NAMESPACE);
  if (fate === "terminated") node.terminate();
  else cluster.world.ec2.seed.setInstanceState(node.instanceID, "stopped");
  node.removeNodeObject();
  const has = (id: string) => cluster.world.ec2.snapshot().some((item) => item.id === id);
  const claim = () =>
    cluster.world.api.get<StoredVpcIPClaim>("vpcipclaims", { namespace: "default", name: "db" });
  return { cluster, node, alive, stayed, address, uid, has, claim };
}

/** An interface that a dead node left, with a prefix. */
function detachedPrefix(node: SandboxNode): string {
  const { world, subnetID } = node;
  const id = world.ec2.seed.createInterface({ subnetID, prefixes: 1, tags: node.tags() });
  world.truth.orphan(id, node.name);
  return id;
}

/** What the schedules do in so many days. */
async function days(cluster: Cluster, count: number): Promise<void> {
  for (let day = 0; day < count; day++) {
    await cluster.daily();
    await everyFiveMinutes(cluster, 70);
  }
}

describe("a static address on what a dead instance left", () => {
  test("leaves its interface; claim and record stay, and name no place", async () => {
    const { cluster, node, address, uid, claim, stayed } = await deadWithStatic();
    await cluster.collect("leaks");
    await everyFiveMinutes(cluster, 20);
    expect(cluster.has(address, stayed)).toBe(true);
    await everyFiveMinutes(cluster, 20);
    expect(cluster.has(address)).toBe(false);
    const { spec, metadata } = cluster.record(address) ?? {};
    expect(spec).toEqual({
      nodeName: "old",
      subnetID: node.subnetID,
      claim: expect.objectContaining({ uid }),
    });
    expect(metadata?.labels?.["vpcip.dev/state"]).toBe("Retained");
    expect(claim()?.status?.address).toBe(address);
    expect(cluster.heard.audit.filter(({ subject }) => subject === address)).toHaveLength(1);
  });

  test("H49 the interface goes then, and the dead node's config and lease; the claim's record does not hold them", async () => {
    const { cluster, stayed, address, has } = await deadWithStatic();
    await days(cluster, 4);
    expect(has(stayed)).toBe(false);
    expect(cluster.world.api.get("nodeeniconfigs", { name: "old" })).toBeUndefined();
    expect(cluster.lease("old")).toBeUndefined();
    expect(cluster.record(address)?.spec.claim).toBeDefined();
    expect(cluster.world.queue.messages()).toEqual([]);
  });

  test("H35 H49 a prefix's member goes with the interface, and the claim's record names no place", async () => {
    const { cluster, address, uid, stayed, has } = await deadWithStatic("terminated", detachedPrefix);
    await days(cluster, 4);
    expect(has(stayed)).toBe(false);
    expect(cluster.world.api.get("nodeeniconfigs", { name: "old" })).toBeUndefined();
    const { claim, interfaceID, instanceID } = cluster.record(address)?.spec ?? {};
    expect(claim?.uid).toBe(uid);
    expect([interfaceID, instanceID]).toEqual([undefined, undefined]);
  });

  test("H66 keeps a prefix's member on a stopped instance's interface", async () => {
    const { cluster, address, stayed, has } = await deadWithStatic("stopped", detachedPrefix);
    await days(cluster, 3);
    expect(has(stayed)).toBe(true);
    expect(cluster.record(address)?.spec.interfaceID).toBe(stayed);
  });

  test("H66 keeps it on a stopped instance's interface", async () => {
    const { cluster, stayed, address } = await deadWithStatic("stopped");
    await days(cluster, 3);
    expect(cluster.has(address, stayed)).toBe(true);
    expect(cluster.record(address)?.spec.interfaceID).toBe(stayed);
  });

  test("H18 keeps what a person opted out", async () => {
    const { cluster, stayed, address } = await deadWithStatic();
    const record = cluster.record(address);
    const annotations = { "vpcip.dev/keep": "yes" };
    cluster.world.api.replace("vpcips", {
      ...record,
      metadata: { ...record?.metadata, name: address, annotations },
    } as never);
    await days(cluster, 3);
    expect(cluster.has(address, stayed)).toBe(true);
  });

  test.each(["lost-after", "lost-before"] as const)(
    "H21 keeps the claim, and binds the interface, where the answer is unclear (%s)",
    async (fate) => {
      const { cluster, address, stayed, uid } = await deadWithStatic();
      await cluster.collect("leaks");
      await cluster.wait(31);
      await cluster.sweep("old", {}, lineTo(UNASSIGN, fate));
      expect(cluster.record(address)?.spec.claim?.uid).toBe(uid);
      expect(cluster.record(address)?.spec.tombstones).toMatchObject([{ interfaceID: stayed }]);
      await everyFiveMinutes(cluster, 15);
      const { claim, instanceID, interfaceID, release, tombstones } = cluster.record(address)?.spec ?? {};
      expect([claim?.uid, instanceID, interfaceID, release]).toEqual([uid, undefined, undefined, undefined]);
      expect(tombstones).toMatchObject([{ interfaceID: stayed }]);
      expect(cluster.has(address)).toBe(false);
    },
  );

  test("keeps the record as the claim's next node has written it, where that came first", async () => {
    const { cluster, alive, address, uid } = await deadWithStatic();
    await cluster.collect("leaks");
    await cluster.wait(31);
    const taken = { name: "" };
    const line = lineTo(/^PUT .*\/vpcips\//, "through");
    line.fateOf = ({ what }) => {
      if (!/^PUT .*\/vpcips\//.test(what) || taken.name !== "") return "through";
      taken.name = address;
      const record = cluster.record(address);
      const claim = { namespace: "default", name: "db", podUID: "next", containerID: "next", uid };
      const spec = { nodeName: "new", instanceID: alive.instanceID, claim };
      cluster.world.api.replace("vpcips", { ...record, spec } as never);
      return "through";
    };
    await cluster.sweep("old", {}, line);
    expect(cluster.record(address)?.spec.nodeName).toBe("new");
    expect(cluster.has(address)).toBe(true);
  });

  test("releases the record with its claim in the end, where that is deleted", async () => {
    const { cluster, address } = await deadWithStatic();
    await days(cluster, 3);
    cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
    await days(cluster, 2);
    expect(cluster.record(address)).toBeUndefined();
    expect(cluster.lease("old")).toBeUndefined();
  });
});

describe("a static claim's record that only names a dead instance: its node died while it asked EC2", () => {
  test("names no instance any more, and keeps its claim", async () => {
    const { cluster, address, uid } = await deadWithStatic();
    const record = cluster.record(address);
    const { interfaceID: _none, ...spec } = record?.spec ?? { nodeName: "old" };
    cluster.world.api.replace("vpcips", { ...record, spec } as never);
    await days(cluster, 3);
    expect(cluster.record(address)?.spec.instanceID).toBeUndefined();
    expect(cluster.record(address)?.spec.claim?.uid).toBe(uid);
    expect(cluster.has(address)).toBe(false);
  });
});
