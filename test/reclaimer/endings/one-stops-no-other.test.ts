import { describe, expect, test } from "@jest/globals";
import { TAG } from "../../../src/domain/objects/names.ts";
import type { Place, SandboxNode } from "../../../src/sandbox/engine/node.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";
import { everyFiveMinutes, pausesInAnHour, pool } from "./laid.ts";

const GONE = "i-0dead00000000dead";

describe("a detached interface of a node that was made again", () => {
  /** The node is of the group that releases; its predecessor's interface is tagged with this one. */
  async function afterDays(group: string) {
    const cluster = new Cluster({ releaseNodeGroups: ["canary"] });
    const node = cluster.node("a", { secondaries: 2, group: "canary" });
    await cluster.start();
    const id = cluster.world.ec2.seed.createInterface({
      subnetID: node.subnetID,
      secondary: 2,
      description: "of the one before",
      tags: { ...node.tags(), [TAG.instance]: GONE, [TAG.nodeGroup]: group },
    });
    for (let days = 0; days < 3; days++) {
      await cluster.day();
      await cluster.dueRun(40);
    }
    return cluster.world.ec2.snapshot().some((item) => item.id === id);
  }

  test("keeps one whose own tag names a group that is only observed", async () => {
    expect(await afterDays("prod")).toBe(true);
  });

  test("releases one whose own tag names the group that releases", async () => {
    expect(await afterDays("canary")).toBe(false);
  });
});

describe("an interface that EC2 forbids to touch", () => {
  /** A node with a leak on each of two interfaces; nothing may be released from the first. */
  async function twoInterfaces() {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 4, extraInterfaces: 1 });
    node.runPod("web");
    const [first = ""] = node.interfaceIDs;
    const leaked = leakOnEach(node);
    await cluster.start();
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "UnauthorizedOperation", {
      status: 403,
      matching: ({ input }) => (input as { NetworkInterfaceId?: string }).NetworkInterfaceId === first,
    });
    await cluster.collect("leaks");
    await cluster.wait(31);
    await cluster.sweep();
    const of = (isFirst: boolean) => leaked.find(({ interfaceID }) => (interfaceID === first) === isFirst);
    return { cluster, forbidden: of(true)?.address ?? "", other: of(false)?.address ?? "" };
  }

  function leakOnEach(node: SandboxNode): readonly Place[] {
    const byInterface = new Map<string, Place>();
    while (node.spares > 0) {
      const place = node.spare();
      if (byInterface.has(place.interfaceID)) pool(node, place.address, place.interfaceID);
      else byInterface.set(place.interfaceID, place);
    }
    return [...byInterface.values()];
  }

  test("H45 keeps its address with its mark, and people are told", async () => {
    const { cluster, forbidden } = await twoInterfaces();
    expect(cluster.has(forbidden)).toBe(true);
    expect(cluster.isMarked(forbidden)).toBe(true);
    expect(cluster.record(forbidden)?.spec.release).toBeUndefined();
    expect(cluster.heard.alarmKinds).toEqual(["forbidden"]);
  });

  test("H45 releases what the node's other interfaces have to give, in the same sweep", async () => {
    const { cluster, other } = await twoInterfaces();
    expect(other).not.toBe("");
    expect(cluster.has(other)).toBe(false);
    expect(cluster.released).toEqual([other]);
  });
});

describe("the breaker of a subnet", () => {
  async function hour(subnetShare: number) {
    const breaker = { nodeShare: 1, subnetShare, clusterShare: 1, minimumLeaks: 2 };
    const cluster = new Cluster({ breaker });
    for (const name of ["a", "b"]) {
      const node = cluster.node(name, { secondaries: 6 });
      node.runPod(`web-${name}`);
      for (let leak = 0; leak < 3; leak++) node.spare();
    }
    await cluster.start();
    await cluster.collect("leaks");
    const alarms = [...cluster.heard.alarmKinds];
    await cluster.wait(31);
    return { cluster, alarms, pauses: await pausesInAnHour(cluster) };
  }

  test("H54 keeps what leaked there, and pauses no node for it", async () => {
    const { cluster, alarms, pauses } = await hour(0.2);
    expect(alarms).toEqual(["breaker"]);
    expect(cluster.leaks).toHaveLength(6);
    expect(pauses).toBe(0);
  });

  test("H54 releases what leaked there where it did not trip, with one pause of each node", async () => {
    const { cluster, alarms, pauses } = await hour(1);
    expect(alarms).toEqual([]);
    expect(cluster.leaks).toEqual([]);
    expect(pauses).toBe(2);
  });
});

describe("a detached interface of a living node", () => {
  async function detached() {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 2 });
    node.runPod("web");
    await cluster.start();
    const id = leaks.detachedInterface(node);
    await cluster.collect("leaks");
    await cluster.wait(31);
    const isThere = () => cluster.world.ec2.snapshot().some((item) => item.id === id);
    return { cluster, node, isThere };
  }

  const moveOn = (node: SandboxNode) =>
    node.updateStatus((status) => ({ ...status, sweepEpoch: (status.sweepEpoch ?? 0) + 1 }));

  test("H41 H63 releases it after the bump, never before", async () => {
    const { cluster, node, isThere } = await detached();
    const before = node.status.sweepEpoch ?? 0;
    const line = new Line();
    const epochs: number[] = [];
    line.fateOf = ({ what }) => {
      if (what.startsWith("DeleteNetworkInterface")) epochs.push(node.status.sweepEpoch ?? 0);
      return "through";
    };
    await cluster.sweep("a", {}, line);
    expect(epochs).toEqual([before + 1]);
    expect(isThere()).toBe(false);
  });

  test("H41 H63 keeps it where the node's config moves on before each bump", async () => {
    const { cluster, node, isThere } = await detached();
    const line = new Line();
    line.fateOf = ({ what }) => {
      if (/^PUT .*\/nodeeniconfigs\/a\/status/.test(what)) moveOn(node);
      return "through";
    };
    await cluster.sweep("a", {}, line);
    expect(isThere()).toBe(true);
    await everyFiveMinutes(cluster, 5);
    expect(isThere()).toBe(false);
  });
});
