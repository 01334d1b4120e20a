import { describe, expect, test } from "@jest/globals";
import { ANNOTATION } from "../../../src/domain/objects/names.ts";
import type { Cluster } from "../harness.ts";
import { everyFiveMinutes, leakDue } from "./laid.ts";

const HOURS = 60;

/** EC2 refuses to release anything, until it is taken away. */
const refuses = (cluster: Cluster, code = "OperationNotPermitted", status = 400) =>
  cluster.cloudRefuses("UnassignPrivateIpAddresses", code, { status });

const pauses = (cluster: Cluster) => cluster.heard.pauses.length;

describe("an address that EC2 does not release", () => {
  test.each([
    ["refuses", "OperationNotPermitted", 400, "item-failed"],
    ["forbids", "UnauthorizedOperation", 403, "forbidden"],
  ] as const)(
    "H45 pauses its node less and less often where EC2 %s it, and people are told each time",
    async (_how, code, status, alarm) => {
      const { cluster, node, address } = await leakDue();
      refuses(cluster, code, status);
      await everyFiveMinutes(cluster, 5);
      expect(pauses(cluster)).toBe(1);
      await everyFiveMinutes(cluster, 5);
      expect(pauses(cluster)).toBe(1);
      await everyFiveMinutes(cluster, 24 * HOURS);
      expect(pauses(cluster)).toBeLessThanOrEqual(8);
      expect(pauses(cluster)).toBeGreaterThanOrEqual(6);
      expect(node.status.sweepEpoch).toBe(pauses(cluster));
      expect(cluster.heard.alarmKinds).toEqual(Array.from({ length: pauses(cluster) }, () => alarm));
      expect(cluster.has(address)).toBe(true);
      expect(cluster.isMarked(address)).toBe(true);
    },
    20_000,
  );

  test("H45 is released at the next try, once EC2 lets it go", async () => {
    const { cluster, address } = await leakDue();
    const fault = refuses(cluster);
    await everyFiveMinutes(cluster, 60);
    fault.remove();
    await everyFiveMinutes(cluster, 60);
    expect(cluster.has(address)).toBe(false);
    expect(cluster.unfinished).toEqual([]);
  });

  test("H45 is released at once where a person asks, once EC2 lets it go", async () => {
    const { cluster, address } = await leakDue();
    const fault = refuses(cluster);
    await everyFiveMinutes(cluster, 60);
    fault.remove();
    expect((await cluster.sweep()).outcome).toBe("nothing-due");
    const { released } = await cluster.clean();
    expect(released.map((one) => one.address)).toEqual([address]);
  });

  test("is not put off by a person's try, nor by a sweep that ended early", async () => {
    const { cluster, address } = await leakDue();
    const note = () => cluster.record(address)?.metadata.annotations?.[ANNOTATION.putOff];
    const fault = refuses(cluster);
    await cluster.clean();
    expect(note()).toBeUndefined();
    fault.remove();
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "RequestLimitExceeded", { status: 503 });
    expect((await cluster.sweep()).outcome).toBe("sent-again");
    expect(note()).toBeUndefined();
  });

  test("holds up nothing else on its node: what is marked later goes in its time", async () => {
    const { cluster, node, address } = await leakDue({ secondaries: 5 });
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "OperationNotPermitted", {
      matching: ({ input }) =>
        (input as { PrivateIpAddresses?: string[] }).PrivateIpAddresses?.includes(address) === true,
    });
    await everyFiveMinutes(cluster, 10);
    const [late] = node.status.pool ?? [];
    node.updateStatus((status) => ({ ...status, pool: (status.pool ?? []).slice(1) }));
    cluster.world.truth.forget(late?.address as never, late?.interfaceID ?? "");
    await cluster.collect("leaks");
    await everyFiveMinutes(cluster, 40);
    expect(cluster.has(late?.address ?? "")).toBe(false);
    expect(cluster.has(address)).toBe(true);
  });
});

describe("an interface without our cluster's tag", () => {
  test("H76 keeps its leak, marked, and neither moves the config on nor asks EC2 in vain", async () => {
    const { cluster, node, address } = await leakDue({ isPrimaryUntagged: true });
    const refills = [{ id: "r1", interfaceID: "eni-x", count: 1, startedAt: cluster.world.timestamp() }];
    node.updateStatus((status) => ({ ...status, refills }));
    await everyFiveMinutes(cluster, 24 * HOURS);
    expect(cluster.isMarked(address)).toBe(true);
    expect(node.status.sweepEpoch).toBe(0);
    expect(node.status.refills).toEqual(refills);
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(0);
    expect(pauses(cluster)).toBeLessThanOrEqual(8);
  }, 20_000);

  test("H76 releases it once its agent has tagged it", async () => {
    const { cluster, node, address, interfaceID } = await leakDue({ isPrimaryUntagged: true });
    await everyFiveMinutes(cluster, 30);
    const Tags = Object.entries(node.tags()).map(([Key, Value]) => ({ Key, Value }));
    cluster.world.ec2.call("CreateTags", { Resources: [interfaceID], Tags });
    await everyFiveMinutes(cluster, 60);
    expect(cluster.has(address)).toBe(false);
  });
});
