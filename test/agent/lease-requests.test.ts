import { expect, test } from "@jest/globals";
import { handedOver, isAnswered } from "../../src/domain/node-lease.ts";
import type { StoredLease } from "../../src/domain/objects/lease.ts";
import { BOTH, laid } from "./laid.ts";
import { ask } from "./leases.ts";

for (const allocator of BOTH) {
  test(`H72 ${allocator}: a request of a dead run that stands for longer than an ADD waits ends all the same`, async () => {
    const { cluster, agent } = await laid({ allocator });
    await agent.address("web");
    await agent.maintain();
    ask(cluster, "of-a-dead-run", 10 ** 9);
    const answers: string[] = [];
    for (let tries = 0; tries < 12 && !answers.includes("added"); tries++) {
      answers.push((await agent.add("next"))?.kind ?? "");
      await cluster.clock.pass(15_000);
    }
    expect(answers).toContain("added");
  });

  test(`${allocator}: while a request is fresh no ADD is served, and one that nobody takes back ends by itself`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 6 });
    await agent.address("web");
    await agent.maintain();
    const before = cluster.clock.now();
    ask(cluster, "of-a-dead-run", 15);
    await cluster.clock.pass(100);
    const added = await agent.add("next");
    expect(added).toMatchObject({ kind: "added" });
    expect(cluster.clock.now() - before).toBeGreaterThanOrEqual(15_000);
    expect(cluster.clock.now() - before).toBeLessThan(17_000);
  });

  test(`H49 ${allocator}: requests of runs that died, answered or not, are gone with the next operation after their time`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 6 });
    await agent.address("web");
    await agent.maintain();
    ask(cluster, "one", 15);
    await cluster.clock.pass(20_000);
    ask(cluster, "two", 15);
    await agent.address("next");
    await cluster.clock.pass(20_000);
    await agent.address("last");
    expect(cluster.requests("a")).toEqual([]);
  });

  test(`H49 ${allocator}: an answer that an earlier process gave is gone with the next operation`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 6 });
    await agent.address("web");
    await agent.maintain();
    ask(cluster, "one", 15);
    await cluster.clock.pass(1000);
    const lease = cluster.lease("a") as StoredLease;
    cluster.world.api.replace("leases", handedOver(lease) as StoredLease & { metadata: { name: string } });
    await cluster.clock.pass(15_000);
    await agent.restart();
    await agent.address("next");
    expect(cluster.requests("a")).toEqual([]);
  });

  test(`H09 ${allocator}: an ADD during a sweep is served after it, with another address than the one that goes`, async () => {
    const { cluster, agent } = await laid({ allocator, secondaries: 3 });
    const leak = cluster.world.ec2.seed.assign(agent.node.interfaceIDs[0] ?? "", 1)[0] ?? "";
    await agent.address("web");
    await agent.maintain();
    await cluster.collect("leaks");
    await cluster.wait(31);
    let adding: Promise<unknown> | undefined;
    const request = agent.request("during");
    cluster.when({ verb: "LIST", resource: "pods", nth: 1 }, () => {
      adding = agent.begin((one) => one.add(request));
    });
    await cluster.collect("due");
    await cluster.drain();
    const added = await cluster.clock.until(adding ?? Promise.reject(new Error("no sweep")));
    expect(added).toMatchObject({ kind: "added" });
    expect(added).not.toMatchObject({ address: leak });
    expect(cluster.released).toEqual([leak]);
    expect(cluster.misdeeds).toEqual([]);
    expect(cluster.wrong).toEqual([]);
  });
}

test("H72 keeps an answer for as long as its request stands, whoever asks next", async () => {
  const { cluster, agent } = await laid();
  await agent.address("web");
  ask(cluster, "one", 15);
  await cluster.clock.pass(5_000);
  ask(cluster, "two", 15);
  await cluster.clock.pass(1_000);
  expect(cluster.requests("a")).toHaveLength(2);
  for (const id of ["one", "two"]) expect(isAnswered(cluster.lease("a") as StoredLease, id)).toBe(true);
  await cluster.clock.pass(10_000);
  ask(cluster, "three", 15);
  await cluster.clock.pass(1_000);
  const lease = cluster.lease("a") as StoredLease;
  expect(["one", "two", "three"].map((id) => isAnswered(lease, id))).toEqual([false, true, true]);
});
