import { expect, test } from "@jest/globals";
import { BOTH, lineTo } from "./laid.ts";
import { asked, atFirstIntent } from "./moving.ts";

for (const allocator of BOTH) {
  test(`H63 ${allocator}: a move bumps the config before its intent, and leaves no open refill`, async () => {
    const { cluster, a, interfaceID, address } = await asked(allocator);
    const startedAt = cluster.world.timestamp();
    const seen = atFirstIntent(a);
    a.node.updateStatus((status) => ({
      ...status,
      pool: [...(status.pool ?? []), { address, interfaceID }],
      refills: [{ id: "refill/of-another-process", interfaceID, count: 1, startedAt }],
    }));
    await cluster.clock.pass(20_000);
    for (let pass = 0; pass < 2; pass++) await a.maintain();
    expect(cluster.has(address)).toBe(false);
    expect(seen().sweepEpoch).toBe(1);
    expect(seen().refills).toEqual([]);
  });

  test(`H21 ${allocator}: an address whose first request may be late is bound to the interface that it left, also where a second one is answered`, async () => {
    const { cluster, a, address, interfaceID } = await asked(allocator);
    const line = lineTo(/^Unassign/, "killed-before");
    await a.restart(line);
    await cluster.clock.pass(20_000);
    await a.maintain(line);
    expect(cluster.record(address)?.spec.release?.run).toMatch(/^move\//);
    expect(cluster.record(address)?.spec.tombstones).toBeUndefined();
    await a.restart();
    await cluster.clock.pass(20_000);
    await a.maintain();
    expect(cluster.has(address)).toBe(false);
    expect(cluster.record(address)?.spec.tombstones).toEqual([expect.objectContaining({ interfaceID })]);
    // Its Pod comes to the old node all the same: not on that interface, where the late request may come.
    expect(await a.add(a.request("db"))).toMatchObject({ kind: "again" });
    expect(cluster.has(address)).toBe(false);
  });

  test(`H60 ${allocator}: a move that was begun is brought to its end, also where its Pod is back on the old node`, async () => {
    const { cluster, a, b, address, next } = await asked(allocator);
    const line = lineTo(/^Unassign/, "killed-before");
    await a.restart(line);
    await cluster.clock.pass(20_000);
    await a.maintain(line);
    await b.end(next);
    const back = a.request("db");
    await a.restart();
    expect((await a.add(back))?.kind).toBe("again");
    expect(cluster.record(address)?.spec.release?.run).toMatch(/^move\//);
    await cluster.clock.pass(20_000);
    await a.maintain();
    await cluster.clock.pass(40 * 60_000);
    expect(await a.address(back)).toBe(address);
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H21 ${allocator}: an address whose only request was answered is bound to nothing`, async () => {
    const { cluster, a, address } = await asked(allocator);
    await cluster.clock.pass(20_000);
    await a.maintain();
    expect(cluster.has(address)).toBe(false);
    expect(cluster.record(address)?.spec.tombstones).toBeUndefined();
    expect(await a.address("db")).toBe(address);
  });

  test(`H27 ${allocator}: keeps an address that a sandbox has got while the intent was written`, async () => {
    const { cluster, a, old, address, interfaceID } = await asked(allocator);
    const { podUID: uid, ...pod } = old;
    const seen = atFirstIntent(a, () => a.node.startSandbox({ ...pod, uid, address, interfaceID }));
    await cluster.clock.pass(20_000);
    await a.maintain();
    expect(seen()).toBeDefined();
    expect(cluster.has(address, interfaceID)).toBe(true);
    expect(cluster.record(address)?.spec.release).toBeUndefined();
    expect(cluster.misdeeds).toEqual([]);
  });

  test(`H30 ${allocator}: keeps an address where the lease was deleted after the intent`, async () => {
    const { cluster, a, address, interfaceID } = await asked(allocator);
    const seen = atFirstIntent(a, () =>
      cluster.world.kubernetes.erase("leases.coordination.k8s.io", "a", "vpcip-system"),
    );
    await cluster.clock.pass(20_000);
    await a.maintain();
    expect(seen()).toBeDefined();
    expect(cluster.has(address, interfaceID)).toBe(true);
    await cluster.clock.pass(20_000);
    for (let pass = 0; pass < 2; pass++) await a.maintain();
    expect(cluster.has(address)).toBe(false);
  });
}
