import { expect, test } from "@jest/globals";
import type { AddRequest } from "../../src/agent/index.ts";
import type { Address } from "../../src/domain/address.ts";
import type { AgentNode } from "./agent-node.ts";
import type { AgentCluster } from "./harness.ts";
import { BOTH, later, layClaim, lineTo, release } from "./laid.ts";
import { claimOf, two } from "./moving.ts";

/** The Pod goes, and comes again under its name. */
async function again(agent: AgentNode, old: AddRequest): Promise<AddRequest> {
  await agent.end(old);
  return agent.request("db");
}

/** As the reclaimer leaves a static address whose interface has it no more. */
function onNoInterface(cluster: AgentCluster, address: Address): void {
  const record = cluster.record(address);
  if (record === undefined) throw new Error("no record");
  const { interfaceID = "", instanceID: _instance, ...spec } = record.spec;
  release(cluster, address, interfaceID);
  cluster.world.api.replace("vpcips", { ...record, metadata: { ...record.metadata }, spec });
}

for (const allocator of BOTH) {
  test(`${allocator}: a Pod with a static claim gets an address, and its claim says which`, async () => {
    const { cluster, a } = await two(allocator);
    const request = a.request("db");
    const address = await a.address(request);
    expect(claimOf(cluster).status).toMatchObject({ address, nodeName: "a", podUID: request.podUID });
    expect(cluster.record(address)?.spec.claim?.uid).toBe(claimOf(cluster).metadata.uid);
  });

  test(`H61 ${allocator}: an address that has left its interface is wired to nobody, whatever its record says`, async () => {
    const { cluster, a } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    const next = await again(a, old);
    release(cluster, address, a.node.interfaceIDs[0] ?? "");
    await a.add(next);
    const phantoms = [...a.node.pods.values()].filter(({ interfaceID, address: one }) => {
      const item = cluster.world.ec2.snapshot().find(({ id }) => id === interfaceID);
      return item?.secondary.includes(one) !== true;
    });
    expect(phantoms).toEqual([]);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`${allocator}: the Pod's end keeps the address, for the next Pod of its name, and for nobody else`, async () => {
    const { cluster, a } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    const next = await again(a, old);
    expect(a.pool).not.toContain(address);
    expect(a.cooling).not.toContain(address);
    for (const name of ["one", "two"]) expect(await a.address(name)).not.toBe(address);
    const claim = claimOf(cluster);
    cluster.world.api.replaceStatus("vpcipclaims", {
      ...claim,
      status: { ...claim.status, detachedAt: cluster.world.timestamp() },
    });
    expect(await a.address(next)).toBe(address);
    expect(cluster.record(address)?.spec.claim).toMatchObject({
      podUID: next.podUID,
      containerID: next.containerID,
    });
    expect(claimOf(cluster).status?.detachedAt).toBeUndefined();
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H26 ${allocator}: while the Pod's old sandbox lives, the new one waits, and a late DEL of the old one keeps it`, async () => {
    const { cluster, a } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    const next = { ...old, containerID: "db-again" };
    expect(await a.add(next)).toMatchObject({ kind: "again" });
    await a.del(old.containerID);
    expect(await a.address(next)).toBe(address);
    await a.del(old.containerID);
    expect(a.isRunning(next)).toBe(true);
    expect(cluster.record(address)?.spec.claim?.containerID).toBe("db-again");
  });

  test(`${allocator}: a static address moves in two steps, and never has two interfaces`, async () => {
    const { cluster, a, b } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    await a.end(old);
    const next = b.request("db");
    expect(await b.add(next)).toMatchObject({ kind: "again" });
    expect(claimOf(cluster).status?.nodeName).toBe("b");
    expect(cluster.has(address, a.node.interfaceIDs[0])).toBe(true);
    expect(await b.add(next)).toMatchObject({ kind: "again" });
    await a.maintain();
    expect(cluster.has(address)).toBe(false);
    expect(cluster.record(address)?.spec.interfaceID).toBeUndefined();
    expect(cluster.record(address)?.spec.claim?.uid).toBe(claimOf(cluster).metadata.uid);
    expect(await b.address(next)).toBe(address);
    expect(cluster.record(address)?.spec).toMatchObject({
      nodeName: "b",
      interfaceID: b.node.interfaceIDs[0],
    });
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`${allocator}: an address that a sandbox of the old node still has does not move`, async () => {
    const { cluster, a, b } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    cluster.world.kubernetes.erase("pods", "db", "default");
    const next = b.request("db");
    await b.add(next);
    for (let pass = 0; pass < 3; pass++) await a.maintain();
    expect(cluster.has(address, a.node.interfaceIDs[0])).toBe(true);
    expect(await b.add(next)).toMatchObject({ kind: "again" });
    expect(a.isRunning(old)).toBe(true);
  });

  test(`H64 ${allocator}: a late DEL on the old node does nothing to the new holder`, async () => {
    const { cluster, a, b } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    const { until, go } = later();
    const line = lineTo(/^disconnect/, { frozen: "after", until });
    await a.restart(line);
    const ending = a.begin((one) => one.del(old.containerID), line);
    await cluster.clock.pass(1000);
    // The old node is dead to the world, its DEL stands still; another process of it moves the address away.
    const record = cluster.record(address);
    if (record === undefined) throw new Error("no record");
    const { interfaceID = "", instanceID: _instance, ...spec } = record.spec;
    const { interfaceID: _interface, ...nowhere } = { ...spec, interfaceID };
    cluster.world.ec2.call("UnassignPrivateIpAddresses", {
      NetworkInterfaceId: interfaceID,
      PrivateIpAddresses: [address],
    });
    cluster.world.api.replace("vpcips", { ...record, metadata: { ...record.metadata }, spec: nowhere });
    const next = b.request("db");
    expect(await b.address(next)).toBe(address);
    go();
    await cluster.clock.until(ending);
    await a.maintain();
    expect(cluster.record(address)?.spec).toMatchObject({
      nodeName: "b",
      claim: { containerID: next.containerID },
    });
    expect(cluster.has(address, b.node.interfaceIDs[0])).toBe(true);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H60 ${allocator}: an address that somebody else got meanwhile is reported stolen, and stays his`, async () => {
    const { cluster, a, b } = await two(allocator);
    const old = a.request("db");
    const address = (await a.address(old)) as Address;
    await a.end(old);
    const next = b.request("db");
    await b.add(next);
    await a.maintain();
    const thief = cluster.world.ec2.seed.createInterface({ subnetID: cluster.subnetID });
    cluster.world.ec2.seed.assign(thief, [address]);
    expect(await b.add(next)).toMatchObject({ kind: "failed" });
    expect(cluster.has(address, thief)).toBe(true);
    expect(claimOf(cluster).status?.conditions).toContainEqual(
      expect.objectContaining({ type: "Stolen", status: "True" }),
    );
    cluster.world.ec2.call("UnassignPrivateIpAddresses", {
      NetworkInterfaceId: thief,
      PrivateIpAddresses: [address],
    });
    expect(await b.address(next)).toBe(address);
    expect(claimOf(cluster).status?.conditions).toEqual([]);
  });

  test(`H07 H60 ${allocator}: an address that EC2 refuses, and still shows here from before it went, is wired to nobody`, async () => {
    const { cluster, a } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    const next = await again(a, old);
    cluster.world.ec2.setDescribeLag(30_000);
    await cluster.clock.pass(60_000);
    onNoInterface(cluster, address);
    const thief = cluster.world.ec2.seed.createInterface({ subnetID: cluster.subnetID });
    cluster.world.ec2.seed.assign(thief, [address]);
    expect(await a.add(next)).toMatchObject({ kind: "failed" });
    expect(a.isRunning(next)).toBe(false);
    expect(cluster.record(address)?.spec.interfaceID).toBeUndefined();
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`${allocator}: a static address that its Pod's node has just got is kept by that node's upkeep`, async () => {
    const { cluster, a, b } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    await a.end(old);
    onNoInterface(cluster, address);
    const next = b.request("db");
    const line = lineTo(/^Assign/, "killed-after");
    await b.restart(line);
    expect(await b.add(next, line)).toBeUndefined();
    await b.restart();
    for (let pass = 0; pass < 3; pass++) await b.maintain();
    expect(cluster.has(address, b.node.interfaceIDs[0])).toBe(true);
    expect(await b.address(next)).toBe(address);
  });

  test(`H21 ${allocator}: where a late request could take it, a static address comes back when none can come any more`, async () => {
    const { cluster, a } = await two(allocator);
    const old = a.request("db");
    const address = (await a.address(old)) as Address;
    const next = await again(a, old);
    const record = cluster.record(address);
    if (record === undefined) throw new Error("no record");
    const { interfaceID = "" } = record.spec;
    const tombstones = [{ interfaceID, until: cluster.world.timestamp(600) }];
    cluster.world.api.replace("vpcips", {
      ...record,
      metadata: { ...record.metadata },
      spec: { ...record.spec, tombstones },
    });
    await a.restart();
    expect(await a.add(next)).toMatchObject({ kind: "again" });
    // The late request does come.
    cluster.world.ec2.call("UnassignPrivateIpAddresses", {
      NetworkInterfaceId: interfaceID,
      PrivateIpAddresses: [address],
    });
    await cluster.wait(11);
    expect(await a.address(next)).toBe(address);
    expect(cluster.record(address)?.spec.tombstones).toBeUndefined();
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H29 ${allocator}: a freeze stops a move, too`, async () => {
    const { cluster, a, b } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    await a.end(old);
    await b.add(b.request("db"));
    cluster.freeze();
    await a.maintain();
    expect(cluster.has(address, a.node.interfaceIDs[0])).toBe(true);
    expect(cluster.record(address)?.spec.release).toBeUndefined();
  });

  test(`H74 ${allocator}: a claim made again under its name gets an address of its own`, async () => {
    const { cluster, a } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    await a.end(old);
    cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
    layClaim(cluster);
    const next = await a.address(a.request("db"));
    expect(next).not.toBe(address);
    expect(claimOf(cluster).status?.address).toBe(next);
  });

  test(`H74 ${allocator}: the address of a claim that is gone does not move for another claim of its name`, async () => {
    const { cluster, a } = await two(allocator);
    const old = a.request("db");
    const address = await a.address(old);
    await a.end(old);
    const before = claimOf(cluster);
    cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
    layClaim(cluster, {}, { ...before.status, nodeName: "b" });
    for (let pass = 0; pass < 2; pass++) await a.maintain();
    expect(cluster.has(address, a.node.interfaceIDs[0])).toBe(true);
    expect(cluster.record(address)?.spec.interfaceID).toBe(a.node.interfaceIDs[0]);
  });
}
