import { describe, expect, test } from "@jest/globals";
import { SandboxNode } from "../../src/sandbox/engine/node.ts";
import { RECLAIMER_KEY } from "../../src/sandbox/engine/world.ts";
import { Line } from "../../src/sandbox/in-process/index.ts";
import { Cluster } from "../reclaimer/harness.ts";

const PODS_ON_A_NODE = 100;
const NO_BREAKER = { breaker: { nodeShare: 1, subnetShare: 1, clusterShare: 1, minimumLeaks: 10_000 } };

/** Nodes with a hundred Pods each, of which three nodes have one leak each. */
async function clusterWith(nodes: number): Promise<Cluster> {
  const cluster = new Cluster();
  const subnetID = cluster.world.ec2.seed.addSubnet({ cidr: "10.32.0.0/17" });
  const instanceType = "m5.4xlarge";
  for (let index = 0; index < nodes; index++) {
    const name = `node-${index}`;
    const seed = { name, subnetID, instanceType, secondaries: 26, extraInterfaces: 3 };
    const node = new SandboxNode(cluster.world, seed);
    for (let pod = 0; pod < PODS_ON_A_NODE; pod++) node.runPod(`pod-${pod}-${name}`);
    if (index < 3) node.spare();
    node.poolSpares();
  }
  return cluster.start();
}

/** What the API server was asked for in lists: how many objects came whole, how many as metadata, in how many pages. */
function listsOf({ world }: Cluster) {
  const seen = { pages: 0, whole: new Map<string, number>(), longest: 0 };
  const { kubernetes } = world;
  const send = kubernetes.send.bind(kubernetes);
  kubernetes.send = async (request, ...rest) => {
    const delivery = await send(request, ...rest);
    const body =
      delivery.kind === "answer" ? (delivery.answer.body as { items?: object[] | null; kind?: string }) : {};
    if (body.items === undefined) return delivery;
    const { kind = "" } = body;
    // An empty list of metadata.
    const items = body.items ?? [];
    seen.pages++;
    seen.longest = Math.max(seen.longest, items.length);
    const isWhole = kind !== "PartialObjectMetadataList";
    seen.whole.set(kind, (seen.whole.get(kind) ?? 0) + (isWhole ? items.length : 0));
    return delivery;
  };
  return seen;
}

describe("a mark pass over 10,000 VpcIPs", () => {
  test("H50 reads them as metadata, page by page, and whole ones of the nodes under suspicion only", async () => {
    const cluster = await clusterWith(100);
    const lists = listsOf(cluster);
    const line = new Line();
    const { marked, kept } = await cluster.collect("leaks", line);
    expect(marked).toBe(3);
    expect(kept).toBeGreaterThanOrEqual(10_000);
    expect(lists.longest).toBeLessThanOrEqual(500);
    expect(lists.whole.get("VpcIPList")).toBe(3 * PODS_ON_A_NODE);
    expect(lists.whole.get("PodList")).toBe(3 * PODS_ON_A_NODE);
    // 21 pages of records, 20 of Pods, one of configs, of claims and of leases, two lists of each suspected node.
    expect(lists.pages).toBe(21 + 20 + 1 + 1 + 1 + 2 * 3);
    expect(line.crossings.length).toBeLessThan(100);
  }, 60_000);

  test("H50 asks no more for ten times as many that are in use than the pages that they fill", async () => {
    const calls = async (nodes: number) => {
      const cluster = await clusterWith(nodes);
      const line = new Line();
      await cluster.collect("leaks", line);
      return line.crossings.length;
    };
    expect((await calls(50)) - (await calls(5))).toBe(2 * 9);
  }, 60_000);
});

/** A node without daemon, with many interfaces, on each of which so many addresses leaked. */
async function leakyNode(interfaces: number, secondaries: number, leaseSeconds = 60): Promise<Cluster> {
  const cluster = new Cluster({ ...NO_BREAKER, leaseSeconds });
  const subnetID = cluster.world.ec2.seed.addSubnet({ cidr: "10.32.0.0/17" });
  const instanceType = "m5.24xlarge";
  const extraInterfaces = interfaces - 1;
  const node = cluster.node("a", { allocator: "cni", subnetID, instanceType, secondaries, extraInterfaces });
  while (node.spares > 0) node.spare();
  await cluster.start();
  await cluster.collect("leaks");
  await cluster.wait(31);
  return cluster;
}

describe("a sweep of 700 addresses", () => {
  test("H50 asks EC2 once an interface, and the API server twice an address and no more than forty times besides", async () => {
    const cluster = await leakyNode(14, 49);
    const line = new Line();
    const { released } = await cluster.sweep("a", {}, line);
    expect(released.length).toBe(14 * 49);
    expect(cluster.world.ec2.calls.byAction(RECLAIMER_KEY)["UnassignPrivateIpAddresses"]).toBe(14);
    const ofRecords = line.crossings.filter(({ what }) => /^(PUT|DELETE) .*\/vpcips\//.test(what));
    expect(ofRecords.length).toBe(2 * 14 * 49);
    const ofInterfaces = line.crossings.filter(({ what }) => /reclaimer-freeze/.test(what));
    // The freeze is looked at before the intents of an interface, before its request, and when the sweep begins.
    expect(ofInterfaces.length).toBe(2 * 14 + 1);
    expect(line.crossings.length - ofRecords.length - ofInterfaces.length - 14).toBeLessThanOrEqual(40);
    expect(cluster.wrong).toEqual([]);
  }, 60_000);

  test("H50 has no more than eight calls under way at a time", async () => {
    const cluster = await leakyNode(2, 49);
    let underWay = 0;
    let most = 0;
    const line = new Line(async () => {
      most = Math.max(most, ++underWay);
      await cluster.clock.sleep(50);
      underWay--;
    });
    await cluster.sweep("a", {}, line);
    expect(most).toBe(8);
  });
});

describe("a sweep that takes too long", () => {
  test("H50 H53 keeps its node stopped for ten minutes at most; the next message goes on where it was, once for each address", async () => {
    const cluster = await leakyNode(14, 4, 120);
    // Each call takes eight seconds, and so the turn of an interface most of a minute.
    await cluster.collect("due");
    const [message] = cluster.world.queue.receive(1);
    cluster.world.queue.delete(message?.receiptHandle ?? "");
    cluster.heard.clear();
    const slow = new Line(() => cluster.clock.sleep(4_000));
    const first = await cluster.sweep("a", {}, slow);
    expect(first.outcome).toBe("sent-again");
    expect(first.released.length).toBeGreaterThan(0);
    expect(first.released.length).toBeLessThan(14 * 4);
    expect(cluster.heard.pauses[0]?.milliseconds).toBeLessThan(12 * 60_000);
    await cluster.drain();
    expect(cluster.leaks).toEqual([]);
    const again = cluster.released.length - new Set(cluster.released).size;
    expect([cluster.released.length, again]).toEqual([14 * 4, 0]);
    expect(cluster.world.ec2.calls.byAction(RECLAIMER_KEY)["UnassignPrivateIpAddresses"]).toBe(14);
  });
});
