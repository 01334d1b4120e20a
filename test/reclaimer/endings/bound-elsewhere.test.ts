import { describe, expect, test } from "@jest/globals";
import type { Address } from "../../../src/domain/address.ts";
import type { StoredVpcIP } from "../../../src/domain/objects/vpcip.ts";
import { sweep } from "../../../src/reclaimer/index.ts";
import type { SandboxNode } from "../../../src/sandbox/engine/node.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import { Cluster } from "../harness.ts";
import { messageFor } from "../invocations.ts";
import { everyFiveMinutes, pool } from "./laid.ts";

const OLD = 60;

interface Laid {
  readonly cluster: Cluster;
  readonly a: SandboxNode;
  readonly b: SandboxNode;
  readonly address: Address;
  /** Of node a: the tombstone binds the address to it. */
  readonly bound: string;
}

/**
 * An address that was released from node a with an unclear answer, then served a Pod on node b, and is b's no more. a's pool
 * lists it: EC2 gave it to a again, and then acted on the late request.
 */
async function phantom(record: "left over" | "leaked" = "left over"): Promise<Laid> {
  const cluster = new Cluster();
  const a = cluster.node("a", { secondaries: 2, allocator: "cni" });
  const b = cluster.node("b", { secondaries: 2, allocator: "cni" });
  const place = b.spare();
  const bound = a.interfaceIDs[0] ?? "";
  await cluster.start();
  const { world } = cluster;
  pool(a, place.address, bound);
  const tombstones = [{ interfaceID: bound, until: world.timestamp(-OLD) }];
  if (record === "leaked") {
    const leak = {
      cause: "never-recorded",
      scope: "Address",
      firstObservedAt: world.timestamp(-7200),
    } as const;
    b.layRecord(place, { leak, tombstones });
  } else {
    world.ec2.call("UnassignPrivateIpAddresses", {
      NetworkInterfaceId: place.interfaceID,
      PrivateIpAddresses: [place.address],
    });
    b.layRecord(place, { tombstones });
  }
  return { cluster, a, b, address: place.address, bound };
}

const pooled = ({ status }: SandboxNode, address: string) =>
  status.pool?.some((entry) => entry.address === address) === true;

describe("a tombstone that ends on one node and binds an interface of another", () => {
  test.each(["left over", "leaked"] as const)(
    "H69 takes the address out of the other node's pool before its %s record loses it",
    async (record) => {
      const { cluster, a, address, bound } = await phantom(record);
      const wasPooled: boolean[] = [];
      cluster.world.kubernetes.onChange(({ resource, object, type }) => {
        if (resource.plural !== "vpcips" || object.metadata.name !== address) return;
        const { tombstones = [] } = (object as unknown as StoredVpcIP).spec;
        if (type === "DELETED" || !tombstones.some(({ interfaceID }) => interfaceID === bound))
          wasPooled.push(pooled(a, address));
      });
      await cluster.sweep("b");
      expect(wasPooled).toEqual([false]);
    },
  );

  test("H69 moves the other node's config on, so that an open refill's late record fails", async () => {
    const { cluster, a, bound } = await phantom();
    a.updateStatus((status) => ({
      ...status,
      refills: [{ id: "r1", interfaceID: bound, count: 1, startedAt: cluster.world.timestamp() }],
    }));
    const before = a.status.sweepEpoch ?? 0;
    await cluster.sweep("b");
    expect(a.status.refills).toEqual([]);
    expect(a.status.sweepEpoch).toBe(before + 1);
  });

  test("H69 takes nothing else from the other node, and nothing from a third", async () => {
    const { cluster, a, b, address } = await phantom();
    const c = cluster.node("c", { secondaries: 1 });
    await cluster.start();
    const others = (a.status.pool ?? []).filter((entry) => entry.address !== address);
    expect(others.length).toBeGreaterThan(0);
    const { pool: ofB } = b.status;
    const ofC = c.status;
    await cluster.sweep("b");
    expect(a.status.pool).toEqual(others);
    expect(b.status.pool).toEqual(ofB);
    expect(c.status).toEqual(ofC);
  });

  test("H69 keeps the tombstone where the other node's config moves on before each bump", async () => {
    const { cluster, a, address } = await phantom();
    const line = new Line();
    line.fateOf = ({ what }) => {
      if (/^PUT .*\/nodeeniconfigs\/a\/status/.test(what))
        a.updateStatus((status) => ({ ...status, sweepEpoch: (status.sweepEpoch ?? 0) + 1 }));
      return "through";
    };
    const { failed } = await cluster.sweep("b", {}, line);
    expect(cluster.record(address)?.spec.tombstones).toHaveLength(1);
    expect(failed.map(({ subject }) => subject)).toEqual([address]);
    await everyFiveMinutes(cluster, 15);
    expect(cluster.record(address)).toBeUndefined();
    expect(pooled(a, address)).toBe(false);
  });

  test("H69 keeps the tombstone where the other node's config can't be read, and people are told", async () => {
    const { cluster, address } = await phantom();
    const unreadable = { readable: false, name: "a", why: "a field that is newer" } as const;
    await cluster.run((ports) => {
      const listNodeConfigs = async () => {
        const all = await ports.cluster.listNodeConfigs();
        return all.map((one) => (one.readable && one.object.metadata.name === "a" ? unreadable : one));
      };
      return sweep(
        { ...ports, cluster: { ...ports.cluster, listNodeConfigs } },
        cluster.settings,
        messageFor("b"),
      );
    });
    expect(cluster.record(address)?.spec.tombstones).toHaveLength(1);
    expect(cluster.heard.alarmKinds).toContain("item-failed");
  });

  test("H69 ends it where the other node is gone", async () => {
    const { cluster, a, address } = await phantom();
    a.terminate();
    cluster.world.kubernetes.erase("nodeeniconfigs.vpcip.dev", "a");
    await cluster.sweep("b");
    expect(cluster.record(address)).toBeUndefined();
  });
});
