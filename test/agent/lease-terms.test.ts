import { expect, test } from "@jest/globals";
import { lastAllocator } from "../../src/domain/node-lease.ts";
import type { StoredLease } from "../../src/domain/objects/lease.ts";
import { BOTH, laid, later, lineTo } from "./laid.ts";
import { heldBy } from "./leases.ts";

for (const allocator of BOTH) {
  test(`H71 ${allocator}: a lease that a dead process of this machine holds is replaced at once`, async () => {
    const { cluster, agent } = await laid({ allocator });
    await agent.address("web");
    for (const kind of ["ipamd", "cni"]) {
      heldBy(cluster, `${kind}/a/${agent.node.instanceID}/dead`);
      await agent.restart();
      const before = cluster.clock.now();
      expect(await agent.add(`after-${kind}`)).toMatchObject({ kind: "added" });
      expect(cluster.clock.now()).toBe(before);
    }
  });

  test(`H10 ${allocator}: a lease that an agent of another machine of the same name holds is waited for`, async () => {
    const { cluster, agent } = await laid({ allocator });
    await agent.address("web");
    heldBy(cluster, `${allocator}/a/i-another/alive`, 3600);
    await agent.restart();
    expect(await agent.add("next")).toMatchObject({ kind: "again" });
  });

  test(`${allocator}: a reclaimer's lease is taken over when it stood unchanged over its whole term, and not before`, async () => {
    const { cluster, agent } = await laid({ allocator });
    await agent.address("web");
    heldBy(cluster, "reclaimer/dead/1", 60);
    await agent.restart();
    expect(await agent.add("early")).toMatchObject({ kind: "again" });
    await cluster.clock.pass(30_000);
    heldBy(cluster, "reclaimer/dead/1", 60);
    await cluster.clock.pass(15_000);
    expect(await agent.add("renewed")).toMatchObject({ kind: "again" });
    await cluster.clock.pass(45_000);
    expect(await agent.add("late")).toMatchObject({ kind: "added" });
  });

  test(`H30 ${allocator}: a term of years that somebody wrote holds the node for an hour at most, one of a second robs nobody`, async () => {
    const { cluster, agent } = await laid({ allocator });
    await agent.address("web");
    heldBy(cluster, "somebody", 10 ** 9);
    await agent.restart();
    expect(await agent.add("early")).toMatchObject({ kind: "again" });
    await cluster.clock.pass(3_600_000);
    expect(await agent.add("late")).toMatchObject({ kind: "added" });
    await cluster.clock.pass(20_000);

    heldBy(cluster, "reclaimer/alive/1", 1);
    await agent.restart();
    expect(await agent.add("at-once")).toMatchObject({ kind: "again" });
    await cluster.clock.pass(60_000);
    expect(await agent.add("after-a-minute")).toMatchObject({ kind: "added" });
  });

  test(`H24 ${allocator}: no identity comes twice`, async () => {
    const { cluster, agent } = await laid({ allocator });
    const seen = new Set<string>();
    for (let life = 0; life < 3; life++) {
      await agent.add(`web-${life}`);
      await agent.restart();
      const last = lastAllocator(cluster.lease("a") as StoredLease) ?? "";
      expect(last.startsWith(`${allocator}/a/`)).toBe(true);
      seen.add(last);
    }
    expect(seen.size).toBe(3);
  });
}

test("a paused ipamd whose lease was taken over does nothing more under it", async () => {
  const { cluster, agent } = await laid({ settings: { operationSeconds: 3600 } });
  await agent.address("web");
  const { until, go } = later();
  const line = lineTo(/^POST .*\/vpcips/, { frozen: "after", until });
  await agent.restart(line);
  const request = agent.request("paused");
  const adding = agent.begin((one) => one.add(request));
  await cluster.clock.pass(61_000);
  heldBy(cluster, "reclaimer/living/1", 60);
  go();
  await cluster.clock.pass(1000);
  expect(agent.isRunning(request)).toBe(false);
  heldBy(cluster, "", 60);
  expect(await cluster.clock.until(adding)).toMatchObject({ kind: "again" });
});
