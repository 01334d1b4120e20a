import { expect, test } from "@jest/globals";
import { Line } from "../../src/sandbox/in-process/index.ts";
import { BOTH, laid, wantPool } from "./laid.ts";

const shortly = (line: Line): readonly string[] =>
  line.crossings
    .map(({ what }) => what.replace(/\?.*/, "").replace(/\/apis\/vpcip.dev\/v1alpha1\//, ""))
    .filter((what) => /^(POST|PUT|DELETE) (vpcips|nodeeni)|connect/.test(what));

for (const allocator of BOTH) {
  test(`H27 ${allocator}: DEL takes the network down, then writes cooling, then drops the VpcIP`, async () => {
    const { agent } = await laid({ allocator });
    const request = agent.request("web");
    const address = await agent.address(request);
    const line = new Line();
    if (allocator === "ipamd") await agent.restart(line);
    await agent.del(request.containerID, line);
    expect(shortly(line).slice(0, 3)).toEqual([
      `disconnect ${request.containerID}`,
      "PUT nodeeniconfigs/a/status",
      `DELETE vpcips/${address}`,
    ]);
  });

  test(`${allocator}: ADD creates the VpcIP before the Pod is wired, and takes nothing out of the pool before`, async () => {
    const { agent } = await laid({ allocator });
    await agent.address("first");
    const line = new Line();
    if (allocator === "ipamd") await agent.restart(line);
    const request = agent.request("web");
    await agent.add(request, line);
    expect(shortly(line).slice(0, 2)).toEqual(["POST vpcips", `connect ${request.containerID}`]);
  });

  test(`H28 ${allocator}: what cools down is not handed out, also not after a restart`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 2 });
    cluster.cloudRefuses("AssignPrivateIpAddresses", "InsufficientFreeAddressesInSubnet");
    const request = agent.request("web");
    const address = await agent.address(request);
    await agent.end(request);
    await agent.restart();
    const next = await agent.address("next");
    expect(next).not.toBe(address);
    expect(await agent.add("too-many")).toMatchObject({ kind: "again" });
  });

  test(`H28 ${allocator}: the time of cooling begins with the DEL, however long ago the API server was heard`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const request = agent.request("web");
    await agent.address(request);
    // Within the term of the lease, and before it is renewed.
    await cluster.clock.pass(7_000);
    const endedAt = cluster.clock.now();
    await agent.end(request);
    const [cooling] = agent.status.cooling ?? [];
    const seconds = (Date.parse(cooling?.until ?? "") - endedAt) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(30);
    expect(seconds).toBeLessThanOrEqual(30 + 1 + 15);
  });

  test(`H51 ${allocator}: what has cooled down is handed out again`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 1 });
    cluster.cloudRefuses("AssignPrivateIpAddresses", "InsufficientFreeAddressesInSubnet");
    const request = agent.request("web");
    const address = await agent.address(request);
    await agent.end(request);
    await cluster.clock.pass(31_000);
    await agent.maintain();
    expect(agent.pool).toEqual([address]);
    expect(await agent.address("next")).toBe(address);
  });
}

test("at most four writes are made in the life of each of many Pods, where ipamd works", async () => {
  const { cluster, agent } = await laid({ secondaries: 9 });
  wantPool(cluster, { min: 0, max: 9 });
  await agent.address("before");
  await agent.maintain();
  cluster.world.kubernetes.calls.clear();
  const pods = 8;
  const requests = Array.from({ length: pods }, (_, index) => agent.request(`web-${index}`));
  for (const request of requests) await agent.address(request);
  await agent.maintain();
  for (const request of requests) await agent.end(request);
  await cluster.clock.pass(31_000);
  await agent.maintain();
  expect(agent.writes()).toBeLessThanOrEqual(4 * pods);
  expect(agent.writes()).toBeGreaterThanOrEqual(3 * pods);
});

test("a node where nothing is to be done is looked at, and not written to", async () => {
  const { cluster, agent } = await laid();
  await agent.address("web");
  await agent.maintain();
  cluster.world.kubernetes.calls.clear();
  for (let pass = 0; pass < 5; pass++) await agent.maintain();
  expect(agent.writes()).toBe(0);
});
