import { describe, expect, test } from "@jest/globals";
import type { SandboxPod } from "../../../src/sandbox/engine/node.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { lineWith, Refill, startFromPool, stopPod } from "../happenings.ts";
import { Cluster } from "../harness.ts";

/** A node with one leak, so that it is looked at closely, and a Pod. */
async function laid() {
  const cluster = new Cluster();
  const node = cluster.node();
  const leaked = node.spare();
  const pod = node.runPod("web");
  await cluster.start();
  return { cluster, node, leaked, pod };
}

/** How many calls a mark pass makes. */
async function callsOfCollect(): Promise<number> {
  const { cluster } = await laid();
  const line = new Line();
  await cluster.collect("leaks", line);
  return line.crossings.length;
}

describe("the mark pass, while the world goes on", () => {
  test("H01 H02 keeps a Pod's address, at whatever moment of the lists the Pod starts", async () => {
    const calls = await callsOfCollect();
    for (let nth = 1; nth <= calls; nth++) {
      const { cluster, node } = await laid();
      let pod: SandboxPod | undefined;
      await cluster.collect(
        "leaks",
        lineWith(nth, () => (pod = startFromPool(node))),
      );
      expect([nth, cluster.isMarked(pod?.address ?? "")]).toEqual([nth, false]);
    }
  });

  test("H01 keeps an address that starts to cool down, at whatever moment of the lists", async () => {
    const calls = await callsOfCollect();
    for (let nth = 1; nth <= calls; nth++) {
      const { cluster, node, pod } = await laid();
      await cluster.collect(
        "leaks",
        lineWith(nth, () => stopPod(node, pod)),
      );
      expect([nth, cluster.isMarked(pod.address)]).toEqual([nth, false]);
    }
  });

  test("H01 keeps what a refill assigns and records, at whatever moment of the lists", async () => {
    const calls = await callsOfCollect();
    for (let nth = 1; nth <= calls; nth++) {
      const { cluster, node } = await laid();
      const refill = new Refill(node).intend();
      await cluster.collect(
        "leaks",
        lineWith(nth, () => void refill.assign().record()),
      );
      expect([nth, cluster.isMarked(refill.addresses[0] ?? "")]).toEqual([nth, false]);
    }
  });

  test("H01 lists EC2 first, then configs, VpcIPs and Pods", async () => {
    const { cluster } = await laid();
    const line = new Line();
    await cluster.collect("leaks", line);
    const at = (what: RegExp) => line.crossings.findIndex((crossing) => what.test(crossing.what));
    const order = [/^DescribeNetworkInterfaces/, /nodeeniconfigs\?/, /vpcips\?limit/, /pods\?/].map(at);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order.every((place) => place > 0)).toBe(true);
  });

  test("marks what nobody accounts for, whatever else starts", async () => {
    const { cluster, node, leaked } = await laid();
    await cluster.collect(
      "leaks",
      lineWith(3, () => void startFromPool(node)),
    );
    expect(cluster.isMarked(leaked.address)).toBe(true);
  });

  test("a node that never holds still gets no marks", async () => {
    const { cluster, node, leaked } = await laid();
    const line = new Line();
    line.fateOf = ({ what }) => {
      if (what.includes("/nodes/a"))
        node.updateStatus((status) => ({ ...status, conditions: [condition(cluster)] }));
      return "through";
    };
    const { unknown, leaked: count } = await cluster.collect("leaks", line);
    expect([unknown, count, cluster.isMarked(leaked.address)]).toEqual([1, 0, false]);
    expect(cluster.heard.verdictOn(leaked.address)).toBe("unknown config-changed");
  });

  test("a node that changes once is read again, and marked", async () => {
    const { cluster, node, leaked } = await laid();
    let isFirst = true;
    const line = new Line();
    line.fateOf = ({ what }) => {
      if (what.includes("/nodes/a") && isFirst) startFromPool(node);
      if (what.includes("/nodes/a")) isFirst = false;
      return "through";
    };
    await cluster.collect("leaks", line);
    expect(cluster.isMarked(leaked.address)).toBe(true);
  });
});

let changes = 0;
const condition = (cluster: Cluster) => ({
  type: "Busy",
  status: "True" as const,
  reason: "Busy",
  message: String(++changes),
  lastTransitionTime: cluster.world.timestamp(),
});

describe("a list that is not complete is no list", () => {
  /** More records than a page holds. */
  async function manyRecords() {
    const { cluster, node, leaked } = await laid();
    cluster.world.kubernetes.seed(
      "vpcips.vpcip.dev",
      Array.from({ length: 600 }, (_, index) => ({
        metadata: {
          name: `10.9.${Math.floor(index / 200)}.${index % 200}`,
          labels: { "vpcip.dev/node": "b" },
        },
        spec: { nodeName: "b" },
      })),
    );
    return { cluster, node, leaked };
  }
  const secondPage = { verb: "LIST", resource: "vpcips.vpcip.dev", nth: 2 } as const;

  test("H08 keeps all where a page fails, and fails loudly", async () => {
    const { cluster, leaked } = await manyRecords();
    cluster.world.kubernetes.faults.add({ ...secondPage, kind: "status", code: 500 });
    await expect(cluster.collect("leaks")).rejects.toThrow("list of vpcips");
    expect(cluster.isMarked(leaked.address)).toBe(false);
    expect(cluster.heard.counts.get("CollectSucceeded")).toBeUndefined();
  });

  test("H08 begins again where the continue token expires", async () => {
    const { cluster, leaked } = await manyRecords();
    cluster.world.kubernetes.faults.add({ ...secondPage, kind: "status", code: 410 });
    await cluster.collect("leaks");
    expect(cluster.isMarked(leaked.address)).toBe(true);
    expect(cluster.calls("LIST", "vpcips.vpcip.dev")).toBeGreaterThanOrEqual(4);
  });

  test("H08 keeps all where the token always expires", async () => {
    const { cluster, leaked } = await manyRecords();
    cluster.world.kubernetes.faults.add({
      verb: "LIST",
      resource: "vpcips.vpcip.dev",
      every: 2,
      kind: "status",
      code: 410,
    });
    await expect(cluster.collect("leaks")).rejects.toThrow("expired");
    expect(cluster.isMarked(leaked.address)).toBe(false);
  });

  test("H46 keeps what a record on the second page claims", async () => {
    const { cluster, node } = await manyRecords();
    const late = node.runPod("late", {
      at: { address: (node.status.pool ?? [])[0]?.address as never, interfaceID: node.interfaceIDs[0] ?? "" },
    });
    node.updateStatus((status) => ({ ...status, pool: (status.pool ?? []).slice(1) }));
    await cluster.collect("leaks");
    expect(cluster.heard.verdictOn(late.address)).toMatch(/^keep/);
  });

  test("H46 finds leaks on every page of EC2, and releases them", async () => {
    const cluster = new Cluster();
    const { seed } = cluster.world.ec2;
    const subnetID = seed.addSubnet({ cidr: "10.1.0.0/21" });
    for (let index = 0; index < 1100; index++) seed.createInterface({ subnetID });
    for (const name of ["a", "b", "c", "d", "e"]) leaks.neverRecorded(cluster.node(name));
    await cluster.start();
    cluster.world.ec2.shortPages = true;
    await cluster.day();
    expect(cluster.cloudCalls("DescribeNetworkInterfaces")).toBeGreaterThan(6);
    expect(cluster.leaks).toEqual([]);
    expect(cluster.wrong).toEqual([]);
  });

  test.each(["vpcips.vpcip.dev", "nodeeniconfigs.vpcip.dev"])(
    "H62 keeps all where the list of %s lacks its sentinel",
    async (resource) => {
      const { cluster, leaked } = await laid();
      const sentinel = resource.startsWith("vpcips") ? "0.0.0.0" : "sentinel.vpcip.dev";
      cluster.when({ verb: "LIST", resource }, () => cluster.world.kubernetes.erase(resource, sentinel));
      await expect(cluster.collect("leaks")).rejects.toThrow("lacks its sentinel");
      expect(cluster.isMarked(leaked.address)).toBe(false);
    },
  );
});

describe("a clean node", () => {
  test("costs no call of its own: no lease, no pause, no closer look", async () => {
    const cluster = new Cluster();
    for (const name of ["a", "b", "c"]) {
      const node = cluster.node(name);
      node.runPod(`web-${name}`);
      node.runPod(`api-${name}`);
    }
    await cluster.start();
    const { queued } = await cluster.collect("leaks");
    expect(queued).toEqual([]);
    expect(cluster.calls("GET", "nodes")).toBe(0);
    expect(cluster.calls("LIST", "pods")).toBe(1);
    expect(cluster.calls("LIST", "vpcips.vpcip.dev")).toBe(1);
    expect(cluster.calls("GET", "leases.coordination.k8s.io")).toBe(0);
    expect(cluster.cloudCalls("DescribeNetworkInterfaces")).toBe(1);
    expect(cluster.cloudCalls("DescribeInstances")).toBe(0);
  });

  test("is not looked at because of a dirty one", async () => {
    const cluster = new Cluster();
    cluster.node("clean").runPod("web");
    leaks.podGone(cluster.node("dirty"), "gone");
    await cluster.start();
    await cluster.collect("leaks");
    expect(cluster.calls("GET", "nodes")).toBe(1);
    expect(cluster.calls("LIST", "vpcips.vpcip.dev")).toBe(2);
  });
});
