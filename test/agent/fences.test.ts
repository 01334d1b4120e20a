import { expect, test } from "@jest/globals";
import type { Address } from "../../src/domain/address.ts";
import { BOTH, CREATE_RECORD, exhaust, laid, later, lineTo, release } from "./laid.ts";

const place = (agent: Awaited<ReturnType<typeof laid>>["agent"]) => {
  const [first] = agent.status.pool ?? [];
  if (first === undefined) throw new Error("the pool is empty");
  return { address: first.address as Address, interfaceID: first.interfaceID };
};

for (const allocator of BOTH) {
  test(`H79 ${allocator}: an address that was released between choosing it and its VpcIP is not handed out`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const chosen = place(agent);
    const { until, go } = later();
    const line = lineTo(CREATE_RECORD, { frozen: "before", until });
    if (allocator === "ipamd") await agent.restart(line);
    const request = agent.request("web");
    const adding = agent.begin((one) => one.add(request), line);
    await cluster.clock.pass(1000);
    agent.node.updateStatus((status) => ({
      ...status,
      sweepEpoch: (status.sweepEpoch ?? 0) + 1,
      pool: (status.pool ?? []).filter(({ address }) => address !== chosen.address),
    }));
    release(cluster, chosen.address, chosen.interfaceID);
    go();
    const added = await cluster.clock.until(adding);
    expect(added).toMatchObject({ kind: "added" });
    expect(added).not.toMatchObject({ address: chosen.address });
    expect(cluster.record(chosen.address)).toBeUndefined();
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H79 ${allocator}: what binds such an address stays when its claim is taken back`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const chosen = place(agent);
    const tombstones = [{ interfaceID: "eni-other", until: cluster.world.timestamp(900) }];
    agent.node.layRecord(chosen, { tombstones });
    const { until, go } = later();
    const line = lineTo(/^PUT .*\/vpcips/, { frozen: "before", until });
    if (allocator === "ipamd") await agent.restart(line);
    const request = agent.request("web");
    const adding = agent.begin((one) => one.add(request), line);
    await cluster.clock.pass(1000);
    agent.node.updateStatus((status) => ({ ...status, pool: (status.pool ?? []).slice(1) }));
    release(cluster, chosen.address, chosen.interfaceID);
    go();
    expect(await cluster.clock.until(adding)).toMatchObject({ kind: "added" });
    expect(cluster.record(chosen.address)?.spec).toMatchObject({ tombstones });
    expect(cluster.record(chosen.address)?.spec.claim).toBeUndefined();
  });

  test(`H75 ${allocator}: a VpcIP whose create took effect, and whose answer was lost, is adopted`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const { address } = place(agent);
    const line = lineTo(CREATE_RECORD, "lost-after");
    if (allocator === "ipamd") await agent.restart(line);
    expect(await agent.add(agent.request("web"), line)).toMatchObject({ kind: "added", address });
    expect(
      cluster.world.api.list("vpcips").filter(({ metadata }) => metadata.name !== "0.0.0.0"),
    ).toHaveLength(1);
  });

  test(`H75 ${allocator}: a mark whose adoption came twice, and whose second copy was refused, is adopted`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const chosen = place(agent);
    const firstObservedAt = cluster.world.timestamp();
    agent.node.layRecord(chosen, { leak: { cause: "never-recorded", scope: "Address", firstObservedAt } });
    const line = lineTo(/^PUT .*\/vpcips\//, "doubled-second");
    if (allocator === "ipamd") await agent.restart(line);
    const request = agent.request("web");
    expect(await agent.add(request, line)).toMatchObject({ kind: "added", address: chosen.address });
    expect(
      cluster.world.api.list("vpcips").filter(({ metadata }) => metadata.name !== "0.0.0.0"),
    ).toHaveLength(1);
  });

  test(`H09 ${allocator}: an address whose name another node's claim holds is not handed out, and its claim stays`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const { address, interfaceID } = place(agent);
    const other = cluster.node("other");
    const claim = { namespace: "shop", name: "db-0", podUID: "db-uid", containerID: "db-container" };
    other.layRecord({ address, interfaceID: "eni-of-the-other" }, { claim });
    const before = cluster.record(address);
    const added = await agent.add(agent.request("web"));
    expect(added).toMatchObject({ kind: "added", interfaceID });
    expect(added).not.toMatchObject({ address });
    expect(cluster.record(address)).toEqual(before);
  });

  test(`${allocator}: a Pod gets an address although all that the pool has is another node's claim's by name`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 2 });
    const other = cluster.node("other");
    const claim = { namespace: "shop", name: "db-0", podUID: "db-uid", containerID: "db-container" };
    const pooled = (agent.status.pool ?? []).map(({ address }) => address);
    for (const address of pooled)
      other.layRecord({ address: address as Address, interfaceID: "eni-of-the-other" }, { claim });
    const added = await agent.add(agent.request("web"));
    if (added?.kind !== "added") throw new Error("no address");
    expect(pooled).not.toContain(added.address);
    for (const address of pooled) expect(cluster.record(address as Address)?.spec.claim).toEqual(claim);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H70 ${allocator}: marks on what is in the pool are adopted, and every ADD succeeds`, async () => {
    const { cluster, agent } = await laid({ allocator });
    for (const { address, interfaceID } of agent.status.pool ?? []) {
      const leak = {
        cause: "never-recorded",
        scope: "Address",
        firstObservedAt: cluster.world.timestamp(),
      } as const;
      agent.node.layRecord({ address: address as Address, interfaceID }, { leak });
    }
    exhaust(cluster);
    const address = await agent.address("web");
    expect(cluster.record(address)?.spec.leak).toBeUndefined();
    expect(cluster.record(address)?.spec.claim?.name).toBe("web");
  });

  test(`${allocator}: an address with an intent, or that a person wants kept, is not handed out`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 3 });
    const [first, second, third] = (agent.status.pool ?? []) as { address: Address; interfaceID: string }[];
    if (first === undefined || second === undefined || third === undefined) throw new Error("no pool");
    const time = cluster.world.timestamp();
    agent.node.layRecord(first, { release: { run: "other", interfaceID: first.interfaceID, time } });
    const leak = { cause: "never-recorded", scope: "Address", firstObservedAt: time } as const;
    agent.node.layRecord(second, { leak }, { annotations: { "vpcip.dev/keep": "true" } });
    expect(await agent.address("web")).toBe(third.address);
  });

  test(`H69 ${allocator}: what a tombstone binds to its interface is not handed out there, not even when it is over`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 3 });
    const [first, second, third] = (agent.status.pool ?? []) as { address: Address; interfaceID: string }[];
    if (first === undefined || second === undefined || third === undefined) throw new Error("no pool");
    const { interfaceID } = first;
    agent.node.layRecord(first, { tombstones: [{ interfaceID, until: cluster.world.timestamp(900) }] });
    agent.node.layRecord(second, { tombstones: [{ interfaceID, until: cluster.world.timestamp(-900) }] });
    expect(await agent.address("web")).toBe(third.address);
  });

  test(`H73 ${allocator}: what a tombstone binds to another interface is handed out, and stays bound there`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    const tombstones = [{ interfaceID: "eni-of-another", until: cluster.world.timestamp(900) }];
    agent.node.layRecord(place(agent), { nodeName: "another", instanceID: "i-other", tombstones });
    const request = agent.request("web");
    const address = await agent.address(request);
    expect(cluster.record(address)?.spec).toMatchObject({ nodeName: "a", tombstones });
    await agent.end(request);
    expect(cluster.record(address)?.spec.claim).toBeUndefined();
    expect(cluster.record(address)?.spec).toMatchObject({ tombstones });
  });

  test(`H73 ${allocator}: in a subnet with one free address an ADD gets that one`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    await agent.address("first");
    const { ec2 } = cluster.world;
    const more = ec2.seed.createInterface({ subnetID: cluster.subnetID });
    const free = ec2.call("DescribeSubnets", {}).Subnets?.[0]?.AvailableIpAddressCount ?? 0;
    ec2.seed.assign(more, free - 1);
    expect(await agent.add("second")).toMatchObject({ kind: "added" });
    expect(cluster.misdeeds).toEqual([]);
  });
}

test("H63 the answer of a refill that comes after a sweep's bump pools nothing", async () => {
  const { cluster, agent } = await laid({ secondaries: 1 });
  await agent.address("web");
  const { until, go } = later();
  cluster.world.ec2Faults.add({
    kind: "hold",
    until,
    when: "after",
    action: "AssignPrivateIpAddresses",
    nth: 1,
  });
  const filling = agent.begin((one) => one.maintain());
  await cluster.clock.pass(2000);
  expect(agent.status.refills).toHaveLength(1);
  const before = new Set(agent.pool);
  await cluster.wait(11);
  await cluster.collect("leaks");
  await cluster.wait(31);
  await cluster.collect("due");
  await cluster.drain();
  expect(cluster.released.length).toBeGreaterThan(0);
  go();
  await cluster.clock.until(filling);
  for (const released of cluster.released) expect(agent.pool).not.toContain(released);
  expect(before.size).toBe(0);
  await agent.address("next");
  expect(cluster.misdeeds).toEqual([]);
  expect(cluster.wrong).toEqual([]);
});

test("H40 what a refill of an earlier life got comes back after two looks, and not after one", async () => {
  const { cluster, agent } = await laid({ secondaries: 1 });
  await agent.address("web");
  await agent.maintain();
  const line = lineTo(/^Assign/, "killed-after");
  agent.node.updateStatus((status) => ({ ...status, pool: [] }));
  await agent.restart(line);
  await agent.maintain();
  await agent.restart();
  cluster.cloudRefuses("AssignPrivateIpAddresses", "InsufficientFreeAddressesInSubnet");
  await agent.maintain();
  await cluster.clock.pass(30_000);
  await agent.maintain();
  expect(agent.pool).toEqual([]);
  await cluster.clock.pass(31_000);
  await agent.maintain();
  expect(agent.pool.length).toBeGreaterThan(0);
  expect(cluster.leaks).toEqual([]);
});
