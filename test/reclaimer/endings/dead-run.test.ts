import { describe, expect, test } from "@jest/globals";
import { sweep } from "../../../src/reclaimer/index.ts";
import { DEFAULT_SETTINGS } from "../../../src/reclaimer/settings.ts";
import { Cluster } from "../harness.ts";
import { messageFor } from "../invocations.ts";
import { due } from "../sweep/one-leak.ts";
import { everyFiveMinutes, leakDue, optOut, pausesInAnHour, pool, unassignMeets } from "./laid.ts";

const { tombstoneSeconds: TOMBSTONE_SECONDS } = DEFAULT_SETTINGS;

/** A record whose address has left its interface, with a run's intent and what tombstones are given. */
async function leftOver(tombstones: (here: string) => { interfaceID: string; seconds: number }[]) {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 4, allocator: "cni" });
  const { address, interfaceID } = node.spare();
  const { world } = cluster;
  await cluster.start();
  world.ec2.call("UnassignPrivateIpAddresses", {
    NetworkInterfaceId: interfaceID,
    PrivateIpAddresses: [address],
  });
  const leak = {
    cause: "never-recorded",
    scope: "Address",
    firstObservedAt: world.timestamp(-7200),
  } as const;
  node.layRecord(
    { address, interfaceID },
    {
      leak,
      release: { run: "another", interfaceID, time: world.timestamp(-120) },
      tombstones: tombstones(interfaceID).map(({ seconds, ...at }) => ({
        ...at,
        until: world.timestamp(seconds),
      })),
    },
  );
  return { cluster, address, interfaceID };
}

const STANDS_LONG = TOMBSTONE_SECONDS;
const ENDS_SOON = 60;

/** The minutes from now for which the interface is bound by the address's record. */
function boundMinutes(cluster: Cluster, address: string, interfaceID: string): number {
  const found = cluster.record(address)?.spec.tombstones?.find((item) => item.interfaceID === interfaceID);
  return found === undefined ? 0 : (Date.parse(found.until) - cluster.clock.now()) / 60_000;
}

describe("a record with the intent of a run that died, whose address has left", () => {
  test.each([
    ["no tombstone stands", () => []],
    [
      "the tombstone ends before that run's request can't come any more",
      (here: string) => [{ interfaceID: here, seconds: ENDS_SOON }],
    ],
    ["the tombstone is over", (here: string) => [{ interfaceID: here, seconds: -ENDS_SOON }]],
    [
      "the tombstone binds another interface",
      () => [{ interfaceID: "eni-0another0000000a", seconds: STANDS_LONG }],
    ],
  ])("H21 H25 keeps the interface bound where %s", async (_why, tombstones) => {
    const { cluster, address, interfaceID } = await leftOver(tombstones);
    await cluster.sweep();
    expect(cluster.record(address)?.spec.release).toBeUndefined();
    expect(boundMinutes(cluster, address, interfaceID)).toBeGreaterThan(TOMBSTONE_SECONDS / 60 - 3);
    await everyFiveMinutes(cluster, 25);
    expect(cluster.record(address)).toBeDefined();
  });

  test("H21 H25 a tombstone on the intent's interface that stands long enough is not made longer, and ends", async () => {
    const { cluster, address, interfaceID } = await leftOver((here) => [
      { interfaceID: here, seconds: STANDS_LONG },
    ]);
    const until = cluster.record(address)?.spec.tombstones?.[0]?.until;
    await cluster.wait(3);
    await cluster.sweep();
    expect(cluster.record(address)?.spec.tombstones).toEqual([{ interfaceID, until }]);
    await everyFiveMinutes(cluster, 40);
    expect(cluster.record(address)).toBeUndefined();
  });

  test("H21 a request that comes after its run's end hurts nobody who has the address since", async () => {
    const { cluster, node, address, interfaceID } = await leakDue({ allocator: "cni" });
    await cluster.sweep("a", {}, unassignMeets("lost-before"));
    cluster.freeze();
    await cluster.wait(29);
    cluster.freeze({ frozen: "false" });
    // The second run's request is on its way for long, and the run ends before it can say so.
    let come = (): void => undefined;
    const lateFrom = new Promise<void>((resolve) => {
      come = resolve;
    });
    const line = unassignMeets({ lateFrom });
    const { fateOf } = line;
    let isSent = false;
    line.fateOf = (crossing, nth) => {
      if (isSent) return "killed-before";
      const fate = fateOf(crossing, nth);
      isSent = fate !== "through";
      return fate;
    };
    await cluster.run((ports) => sweep(ports, cluster.settings, messageFor("a")), line);
    expect(isSent).toBe(true);
    // The address leaves by another's hand, so that the next run finds the record alone.
    cluster.world.ec2.call("UnassignPrivateIpAddresses", {
      NetworkInterfaceId: interfaceID,
      PrivateIpAddresses: [address],
    });
    await everyFiveMinutes(cluster, 10);
    const isFree = cluster.record(address) === undefined;
    if (isFree) {
      cluster.world.ec2.seed.assign(interfaceID, [address]);
      node.runPod("new", { at: { address, interfaceID } });
    }
    come();
    await cluster.wait(1);
    expect([isFree, cluster.wrong]).toEqual([false, []]);
  });
});

describe("a tombstone that is over", () => {
  async function over(isReadable: boolean) {
    const { cluster, address, interfaceID } = await leftOver(() => []);
    const node = "a";
    const record = cluster.record(address);
    if (record === undefined) throw new Error("no record");
    const { leak: _leak, release: _release, ...spec } = record.spec;
    const tombstones = [{ interfaceID, until: cluster.world.timestamp(-60) }];
    cluster.world.api.replace("vpcips", { ...record, spec: { ...spec, tombstones } });
    await cluster.run((ports) => {
      const { getNodeConfig } = ports.cluster;
      const unreadable = { readable: false, name: node, why: "a field that is newer" } as const;
      const get: typeof getNodeConfig = async (name) =>
        name === node && !isReadable ? { found: true, object: unreadable } : getNodeConfig(name);
      const reader = { ...ports.cluster, getNodeConfig: get };
      return sweep({ ...ports, cluster: reader }, cluster.settings, messageFor(node));
    });
    return cluster.record(address);
  }

  test("H69 keeps its record while nobody can say what the pool holds", async () => {
    expect(await over(false)).toBeDefined();
  });

  test("H69 releases the name where the config can be read", async () => {
    expect(await over(true)).toBeUndefined();
  });
});

describe("an intent of a run that died, on an address that is kept by now", () => {
  test("H78 keeps an address that a person opted out, with a tombstone in the intent's place", async () => {
    const { cluster, address, interfaceID } = await leakDue();
    await cluster.collect("due");
    await cluster.drain(unassignMeets("killed-before", () => optOut(cluster, address)));
    await everyFiveMinutes(cluster, 15);
    expect(cluster.record(address)?.spec.release).toBeUndefined();
    expect(boundMinutes(cluster, address, interfaceID)).toBeGreaterThan(0);
    await cluster.converge();
    expect(cluster.has(address)).toBe(true);
  });

  test("H69 H78 an address that is pooled again is kept bound, then its record ends and pauses nobody", async () => {
    const { cluster, node, address, interfaceID } = await due();
    await cluster.collect("due");
    const again = () => {
      cluster.world.ec2.seed.assign(interfaceID, [address]);
      pool(node, address, interfaceID);
    };
    await cluster.drain(unassignMeets("killed-after", again));
    await everyFiveMinutes(cluster, 15);
    expect(cluster.record(address)?.spec.release).toBeUndefined();
    expect(boundMinutes(cluster, address, interfaceID)).toBeGreaterThan(0);
    expect(node.status.pool).toHaveLength(1);
    await everyFiveMinutes(cluster, 60);
    expect(cluster.record(address)).toBeUndefined();
    expect(node.status.pool).toEqual([]);
    expect(await pausesInAnHour(cluster)).toBe(0);
  });
});
