import { describe, expect, test } from "@jest/globals";
import { withMirror } from "../../src/adapters/kubernetes/labels.ts";
import type { VpcIPSpec } from "../../src/domain/objects/vpcip.ts";
import { bareInterface, layWaiting } from "../reclaimer/awaited.ts";
import { type Allocator, BOTH } from "./laid.ts";
import { claimOf, two } from "./moving.ts";

/** The claim's address is the only name of a detached interface of node a, to whose mark its record is lent. Its Pod on b waits. */
async function lent(allocator: Allocator, over: Partial<VpcIPSpec> = {}) {
  const { cluster, a, b } = await two(allocator);
  const { ec2, api } = cluster.world;
  const { id, address } = bareInterface(a.node);
  const claim = claimOf(cluster);
  api.replaceStatus("vpcipclaims", { ...claim, status: { address, nodeName: "b", podUID: "uid-of-db" } });
  layWaiting(a.node, address, claim.metadata.uid);
  await cluster.collect("leaks");
  const record = cluster.record(address);
  api.replace("vpcips", withMirror({ ...record, spec: { ...record?.spec, ...over } } as never));
  const spec = () => cluster.record(address)?.spec;
  const deleteInterface = () => ec2.call("DeleteNetworkInterface", { NetworkInterfaceId: id });
  return { cluster, a, b, id, address, spec, deleteInterface, next: b.request("db") };
}

describe.each(BOTH)("a static claim whose record is lent to a detached interface (%s)", (allocator) => {
  test("H41 waits, and the mark gets old; once the interface is deleted by it, the Pod gets the address", async () => {
    const { cluster, a, b, address, spec, next } = await lent(allocator);
    const before = cluster.record(address)?.metadata.resourceVersion;
    for (let minutes = 0; minutes < 35; minutes += 5) {
      expect(await b.add(next)).toMatchObject({ kind: "again" });
      await a.maintain();
      await b.maintain();
      await cluster.wait(5);
    }
    expect(cluster.record(address)?.metadata.resourceVersion).toBe(before);
    await cluster.collect("due");
    await cluster.drain();
    expect(await b.add(next)).toMatchObject({ kind: "added", address });
    expect(spec()).toMatchObject({ nodeName: "b", instanceID: b.node.instanceID });
    expect(spec()?.leak).toBeUndefined();
    expect(cluster.misdeeds).toEqual([]);
    expect(cluster.wrong).toEqual([]);
  });

  test("waits on the interface's own node, too, which gives nothing away by that record", async () => {
    const { cluster, a, address, spec } = await lent(allocator);
    const before = cluster.record(address)?.metadata.resourceVersion;
    for (let tries = 0; tries < 3; tries++) {
      expect(await a.add("db")).toMatchObject({ kind: "again" });
      await a.maintain();
    }
    expect(cluster.record(address)?.metadata.resourceVersion).toBe(before);
    expect(spec()?.leak).toBeDefined();
    expect(cluster.misdeeds).toEqual([]);
  });

  test("gets its address at once where EC2 shows it there no more, whoever deleted the interface", async () => {
    const { cluster, b, address, spec, deleteInterface, next } = await lent(allocator);
    deleteInterface();
    expect(await b.add(next)).toMatchObject({ kind: "added", address });
    expect(spec()?.interfaceID).toBe(b.node.interfaceIDs[0]);
    await cluster.day();
    expect(spec()?.leak).toBeUndefined();
    expect(cluster.misdeeds).toEqual([]);
  });

  test("keeps waiting while a run's intent stands in it, whatever EC2 shows", async () => {
    const { cluster, b, id, address, spec, deleteInterface, next } = await lent(allocator, {
      release: { run: "died", interfaceID: "eni-0123456789abcdef0", time: "2026-03-02T03:00:00.000Z" },
    });
    expect(spec()?.interfaceID).toBe(id);
    deleteInterface();
    const before = cluster.record(address)?.metadata.resourceVersion;
    expect(await b.add(next)).toMatchObject({ kind: "again" });
    expect(cluster.record(address)?.metadata.resourceVersion).toBe(before);
  });
});
