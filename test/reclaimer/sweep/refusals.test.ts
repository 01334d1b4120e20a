import { describe, expect, test } from "@jest/globals";
import { prefixMembers } from "../../../src/domain/address.ts";
import { sweep } from "../../../src/reclaimer/index.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";
import { messageFor } from "../invocations.ts";

async function due(count = 5, more: Partial<ConstructorParameters<typeof Cluster>[0]> = {}) {
  const cluster = new Cluster(more);
  const node = cluster.node("a", { secondaries: 9 });
  node.runPod("web");
  const places = Array.from({ length: count }, () => node.spare());
  await cluster.start();
  await cluster.collect("leaks");
  await cluster.wait(31);
  return { cluster, node, places };
}

const poisoned =
  (address: string) =>
  ({ input }: { readonly input: object }): boolean =>
    (input as { PrivateIpAddresses?: string[] }).PrivateIpAddresses?.includes(address) === true;

describe("an answer of EC2 that is no", () => {
  test("H45 keeps the one address that it refuses; the others go; it is reported, and its mark stands", async () => {
    const { cluster, places } = await due();
    const bad = places[2]?.address ?? "";
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "InvalidParameterValue", { matching: poisoned(bad) });
    const { released, failed } = await cluster.sweep();
    expect(released.length).toBe(4);
    expect(failed.map(({ subject }) => subject)).toEqual([bad]);
    expect(cluster.leaks).toEqual([bad]);
    expect(cluster.record(bad)?.spec).toMatchObject({ leak: { cause: "never-recorded" } });
    expect(cluster.record(bad)?.spec.release).toBeUndefined();
    expect(cluster.heard.alarmKinds).toEqual(["item-failed"]);
  });

  test("H45 an address that has left the interface meanwhile doesn't keep the others: it is split off, and its record goes", async () => {
    const { cluster, places } = await due();
    const gone = places[1]?.address ?? "";
    cluster.when({ verb: "PUT", resource: "nodeeniconfigs.vpcip.dev/status" }, () => {
      cluster.world.ec2.call("UnassignPrivateIpAddresses", {
        NetworkInterfaceId: places[1]?.interfaceID,
        PrivateIpAddresses: [gone],
      });
    });
    const { failed } = await cluster.sweep();
    expect(failed).toEqual([]);
    expect(cluster.leaks).toEqual([]);
    expect(cluster.unfinished).toEqual([]);
    expect(cluster.record(gone)).toBeUndefined();
  });

  test("waits for no tokens while the world stands still, and pays for every call that it made", async () => {
    const { cluster, places } = await due();
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "InvalidParameterValue", {
      matching: poisoned(places[2]?.address ?? ""),
    });
    const reserved: [string, number, boolean][] = [];
    const isStopped = () => cluster.lease()?.spec.holderIdentity?.startsWith("reclaimer/") === true;
    const line = new Line();
    await cluster.run((ports) => {
      const reserve = async (calls: Readonly<Record<string, number>>) => {
        for (const [action, count] of Object.entries(calls)) reserved.push([action, count, isStopped()]);
        await ports.budget.reserve(calls);
      };
      return sweep({ ...ports, budget: { reserve } }, cluster.settings, messageFor("a"));
    }, line);
    expect(reserved.filter(([, , whileStopped]) => whileStopped)).toEqual([]);
    const sum = (wanted: string) =>
      reserved.reduce((total, [action, count]) => total + (action === wanted ? count : 0), 0);
    const made = (wanted: string) => line.crossings.filter(({ what }) => what.startsWith(wanted)).length;
    expect(made("UnassignPrivateIpAddresses")).toBeGreaterThan(3);
    expect(sum("UnassignPrivateIpAddresses")).toBe(made("UnassignPrivateIpAddresses"));
    expect(sum("DescribeNetworkInterfaces")).toBeGreaterThanOrEqual(made("DescribeNetworkInterfaces"));
  });

  test("RequestLimitExceeded stops the run, takes the intents back, and the work comes again", async () => {
    const { cluster, places } = await due();
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "RequestLimitExceeded", { status: 503, nth: 1 });
    expect((await cluster.sweep()).outcome).toBe("sent-again");
    for (const { address } of places) expect(cluster.record(address)?.spec.release).toBeUndefined();
    await cluster.drain();
    expect(cluster.leaks).toEqual([]);
    expect(cluster.unfinished).toEqual([]);
    expect(cluster.heard.alarms).toEqual([]);
  });

  test("RequestLimitExceeded of a Describe gives the lease back, and the work comes again", async () => {
    const { cluster } = await due();
    const fault = cluster.cloudRefuses("DescribeNetworkInterfaces", "RequestLimitExceeded", { status: 503 });
    expect((await cluster.sweep()).outcome).toBe("sent-again");
    expect(cluster.lease()?.spec.holderIdentity).toBe("");
    fault.remove();
    await cluster.drain();
    expect(cluster.leaks).toEqual([]);
  });

  test("UnauthorizedOperation keeps all, tells people, and sends nothing again by itself", async () => {
    const { cluster, places } = await due();
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "UnauthorizedOperation", { status: 403 });
    await cluster.sweep();
    expect(cluster.heard.alarmKinds).toEqual(["forbidden"]);
    expect(cluster.world.queue.messages()).toEqual([]);
    expect(cluster.leaks.length).toBe(places.length);
    for (const { address } of places) expect(cluster.record(address)?.spec.release).toBeUndefined();
  });

  test("an interface that is gone: nothing was done, and the records go", async () => {
    const { cluster } = await due();
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "InvalidNetworkInterfaceID.NotFound");
    await cluster.sweep();
    expect(cluster.unfinished).toEqual([]);
  });

  test("a clock that is minutes off sends nothing, and the work comes again", async () => {
    const { cluster, places } = await due();
    const { sweep } = await import("../../../src/reclaimer/index.ts");
    const message = { node: "a", run: "skewed", attempt: 0, delaySeconds: 0 };
    const summary = await cluster.run(
      (ports) => sweep(ports, cluster.settings, message),
      undefined,
      -3 * 60_000,
    );
    expect(summary?.outcome).toBe("sent-again");
    expect(cluster.leaks.length).toBe(places.length);
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(0);
  });
});

describe("a poisoned record", () => {
  test("H45 whose intent is refused keeps its address; the others go; it is reported", async () => {
    const { cluster, places } = await due();
    const bad = places[0]?.address ?? "";
    cluster.world.kubernetes.faults.add({
      verb: "PUT",
      resource: "vpcips.vpcip.dev",
      name: bad,
      kind: "status",
      code: 403,
    });
    const { released, failed } = await cluster.sweep();
    expect([released.length, failed.map(({ subject }) => subject)]).toEqual([4, [bad]]);
    expect(cluster.leaks).toEqual([bad]);
  });

  test("H45 that can't be deleted afterwards is reported, and finished by a later run", async () => {
    const { cluster, places } = await due();
    const bad = places[0]?.address ?? "";
    const end = cluster.world.kubernetes.faults.add({
      verb: "DELETE",
      resource: "vpcips.vpcip.dev",
      name: bad,
      kind: "status",
      code: 500,
    });
    const { failed } = await cluster.sweep();
    expect(failed.map(({ subject }) => subject)).toEqual([bad]);
    expect(cluster.leaks).toEqual([]);
    end();
    await cluster.converge();
    expect(cluster.unfinished).toEqual([]);
  });

  test("H45 whose mark can't be taken away is reported", async () => {
    const { cluster, node, places } = await due();
    const [first] = places;
    if (first === undefined) throw new Error("no place");
    node.updateStatus((status) => ({ ...status, pool: [...(status.pool ?? []), first] }));
    cluster.world.truth.need(first.address, first.interfaceID, "pool");
    cluster.world.kubernetes.faults.add({
      verb: "DELETE",
      resource: "vpcips.vpcip.dev",
      name: first.address,
      kind: "status",
      code: 403,
    });
    const { released, failed } = await cluster.sweep();
    expect(released.length).toBe(4);
    expect(failed.map(({ subject }) => subject)).toEqual([first.address]);
    expect(cluster.wrong).toEqual([]);
  });
});

describe("a prefix", () => {
  async function withPrefix(usedMembers: number) {
    const cluster = new Cluster({
      breaker: { nodeShare: 1, subnetShare: 1, clusterShare: 1, minimumLeaks: 99 },
    });
    const node = cluster.node();
    const interfaceID = node.addInterface(0, 1);
    const [prefix] = cluster.world.ec2.snapshot().find(({ id }) => id === interfaceID)?.prefixes ?? [];
    if (prefix === undefined) throw new Error("no prefix");
    const members = prefixMembers(prefix);
    for (const address of members.slice(0, usedMembers))
      node.runPod(`in-${address.replaceAll(".", "-")}`, { at: { address, interfaceID } });
    leaks.neverRecorded(node);
    await cluster.start();
    const isThere = () => cluster.world.ec2.snapshot().some(({ prefixes }) => prefixes.includes(prefix));
    return { cluster, members, isThere };
  }

  test("releases it whole, in one request, where nobody has a member", async () => {
    const { cluster, isThere } = await withPrefix(0);
    await cluster.day();
    expect(isThere()).toBe(false);
    expect(cluster.leaks).toEqual([]);
    expect(cluster.unfinished).toEqual([]);
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(2);
  });

  test("H35 keeps it with one member in use", async () => {
    const { cluster, isThere } = await withPrefix(1);
    await cluster.converge();
    expect(isThere()).toBe(true);
    expect(cluster.wrong).toEqual([]);
  });

  test("H35 keeps it where the mark of one member can't be created", async () => {
    const { cluster, members, isThere } = await withPrefix(0);
    let refused = 0;
    cluster.world.kubernetes.faults.add({
      verb: "POST",
      resource: "vpcips.vpcip.dev",
      kind: "status",
      code: 403,
      matching: () => ++refused === 5,
    });
    await cluster.day();
    expect(isThere()).toBe(true);
    expect(members.filter((address) => cluster.record(address) === undefined).length).toBe(1);
  });

  test("H35 keeps it where the intent of one member is refused, and takes the other intents back", async () => {
    const { cluster, members, isThere } = await withPrefix(0);
    await cluster.collect("leaks");
    await cluster.wait(31);
    const [, bad = ""] = members;
    cluster.world.kubernetes.faults.add({
      verb: "PUT",
      resource: "vpcips.vpcip.dev",
      name: bad,
      kind: "status",
      code: 409,
    });
    await cluster.sweep();
    expect(isThere()).toBe(true);
    expect(members.filter((address) => cluster.record(address)?.spec.release !== undefined)).toEqual([]);
  });

  test("H21 an unclear answer entombs every member", async () => {
    const { cluster, members } = await withPrefix(0);
    await cluster.collect("leaks");
    await cluster.wait(31);
    cluster.world.ec2Faults.add({ action: "UnassignPrivateIpAddresses", kind: "drop-after", nth: 2 });
    await cluster.sweep();
    expect(members.every((address) => cluster.record(address)?.spec.tombstones?.length === 1)).toBe(true);
    await cluster.converge();
    expect(cluster.unfinished).toEqual([]);
  });
});
