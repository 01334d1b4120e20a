import { describe, expect, test } from "@jest/globals";
import { clean } from "../../src/reclaimer/index.ts";
import { cleanRequest } from "../../src/reclaimer/requests.ts";
import * as leaks from "../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "./harness.ts";

async function leaky(over: ConstructorParameters<typeof Cluster>[0] = {}) {
  const cluster = new Cluster(over);
  const node = cluster.node("a", { secondaries: 8 });
  const pod = node.runPod("web");
  const places = Array.from({ length: 4 }, () => node.spare());
  await cluster.start();
  return { cluster, node, pod, places };
}

async function marked(over: ConstructorParameters<typeof Cluster>[0] = {}) {
  const laid = await leaky(over);
  await laid.cluster.collect("leaks");
  await laid.cluster.wait(31);
  return laid;
}

/** Two leaks on each of two nodes, due. */
async function twoNodes() {
  const cluster = new Cluster();
  const [a = [], b = []] = ["a", "b"].map((name) => {
    const node = cluster.node(name);
    return [node.spare().address, node.spare().address];
  });
  await cluster.start();
  await cluster.collect("leaks");
  await cluster.wait(31);
  return { cluster, a, b };
}

const TRIP = { scope: "node", name: "a", leaked: 4, total: 5, limit: 0.5 };

describe("a manual clean", () => {
  test("releases what was marked long enough ago, and says what and why", async () => {
    const { cluster, places, pod } = await marked();
    const { released, kept, pending, failed } = await cluster.clean();
    expect(released.map(({ address }) => address).sort()).toEqual(
      places.map(({ address }) => address).sort(),
    );
    expect(released[0]).toMatchObject({ node: "a", cause: "never-recorded" });
    expect(kept).toContainEqual({ address: pod.address, node: "a", reason: "claimed" });
    expect([pending, failed, cluster.leaks, cluster.wrong]).toEqual([[], [], [], []]);
  });

  test("changes nothing in a dry run, and says what would be released", async () => {
    const { cluster } = await leaky();
    const { revision } = cluster.world.kubernetes;
    const { pending, released, dryRun } = await cluster.clean({ dryRun: true });
    expect([dryRun, pending.length, released]).toEqual([true, 4, []]);
    expect(cluster.world.kubernetes.revision).toBe(revision);
    expect(cluster.leaks.length).toBe(4);
    expect(cluster.world.queue.messages()).toEqual([]);
  });

  test("is a dry run unless asked otherwise", () => {
    expect(cleanRequest.parse({ requestId: "x" }).dryRun).toBe(true);
  });

  test("marks what it finds first, and says until when it is pending", async () => {
    const { cluster, places } = await leaky();
    const { pending, released } = await cluster.clean();
    expect(released).toEqual([]);
    expect(pending.length).toBe(4);
    const until = Date.parse(pending[0]?.until ?? "");
    expect(until - cluster.clock.now()).toBe(30 * 60_000);
    expect(places.every(({ address }) => cluster.isMarked(address))).toBe(true);
    await cluster.clock.pass(until - cluster.clock.now());
    expect((await cluster.clean()).released.length).toBe(4);
  });

  test("takes a younger mark by its minimum age, and never one below a minute", async () => {
    const { cluster } = await leaky();
    await cluster.clean();
    await cluster.wait(0.8);
    const young = await cluster.clean({ minimumAgeSeconds: 1 } as never);
    expect([young.released.length, young.pending.length]).toEqual([0, 4]);
    await cluster.wait(0.3);
    expect((await cluster.clean({ minimumAgeSeconds: 60 })).released.length).toBe(4);
    expect(cleanRequest.safeParse({ requestId: "x", minimumAgeSeconds: 59 }).success).toBe(false);
  });

  test("releases no more than it was told, and the rest stays marked", async () => {
    const { cluster } = await marked();
    const { released } = await cluster.clean({ maxReleases: 3 });
    expect([released.length, cluster.leaks.length]).toEqual([3, 1]);
    expect(cluster.isMarked(cluster.leaks[0] ?? "")).toBe(true);
    await cluster.converge();
    expect(cluster.leaks).toEqual([]);
  });

  test("counts interfaces that it deletes, too", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    for (let index = 0; index < 3; index++) leaks.detachedInterface(node);
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.wait(31);
    await cluster.clean({ maxReleases: 1 });
    expect(cluster.leaks.length).toBe(2);
  });

  test("touches only the addresses that were asked for", async () => {
    const { cluster, places } = await marked();
    const wanted = places[1]?.address ?? "";
    const { released } = await cluster.clean({ addresses: [wanted] });
    expect(released.map(({ address }) => address)).toEqual([wanted]);
    expect(cluster.leaks.length).toBe(3);
  });

  test("touches only the nodes that were asked for", async () => {
    const cluster = new Cluster();
    const [a, b] = ["a", "b"].map((name) => cluster.node(name).spare());
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.wait(31);
    await cluster.clean({ nodes: ["a"] });
    expect([cluster.has(a?.address ?? ""), cluster.has(b?.address ?? "")]).toEqual([false, true]);
  });

  test("releases all of the nodes that were asked for, and the addresses that were, on whatever node", async () => {
    const { cluster, a, b } = await twoNodes();
    const { released, pending } = await cluster.clean({ nodes: ["a"], addresses: [b[0] ?? ""] });
    expect(released.map(({ address }) => address).sort()).toEqual([...a, b[0]].sort());
    expect(pending).toEqual([]);
  });

  test("keeps what was asked for by neither", async () => {
    const { cluster, b } = await twoNodes();
    await cluster.clean({ nodes: ["a"], addresses: [b[0] ?? ""] });
    expect(cluster.leaks).toEqual([b[1]]);
  });

  test.each([
    ["frozen", (cluster: Cluster) => cluster.freeze()],
    ["breaker", (cluster: Cluster) => cluster.freeze({ frozen: "false", breaker: JSON.stringify([TRIP]) })],
  ] as const)("keeps what is held back after all, and says by what: %s", async (reason, stop) => {
    const { cluster } = await marked();
    cluster.when({ verb: "PUT", resource: "nodeeniconfigs.vpcip.dev/status" }, () => stop(cluster));
    const { released, kept } = await cluster.clean();
    expect(released).toEqual([]);
    expect(kept.filter((item) => item.reason === reason)).toHaveLength(4);
  });

  test("does nothing twice when it is asked again with the same request", async () => {
    const { cluster } = await marked();
    const [first, second] = [await cluster.clean(), await cluster.clean()];
    expect([first.released.length, second.released.length, second.run]).toEqual([4, 0, first.run]);
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(1);
  });

  test("does nothing twice when it is asked again while it is at work", async () => {
    const { cluster } = await marked();
    const { clean } = await import("../../src/reclaimer/index.ts");
    const request = { requestId: "same", dryRun: false };
    const both = [1, 2].map(() => cluster.begin((ports) => clean(ports, cluster.settings, request)));
    const answers = await cluster.clock.until(Promise.all(both));
    expect(answers.reduce((sum, { released }) => sum + released.length, 0)).toBe(4);
    await cluster.drain();
    expect(cluster.cloudCalls("UnassignPrivateIpAddresses")).toBe(1);
  });

  test("says of a node whose allocator is busy that its addresses are pending, and until when", async () => {
    const { cluster } = await marked();
    const lease = cluster.lease();
    const spec = { ...lease?.spec, holderIdentity: "ipamd/a/busy" };
    cluster.allocator().kill();
    cluster.world.api.replace("leases", { ...lease, metadata: { ...lease?.metadata, name: "a" }, spec });
    const { released, pending } = await cluster.clean();
    expect([released, pending.length]).toEqual([[], 4]);
    expect(Date.parse(pending[0]?.until ?? "")).toBeGreaterThan(cluster.clock.now());
  });

  test("does nothing where release is not switched on, and says so", async () => {
    const { cluster } = await marked({ mode: "observe" });
    const { released, kept } = await cluster.clean();
    expect(released).toEqual([]);
    expect(kept.filter(({ reason }) => reason === "observe").length).toBe(4);
  });

  test("H17 obeys a breaker that its own lists trip, before any daily run has written it down", async () => {
    const cluster = new Cluster();
    const node = cluster.node("a", { secondaries: 22 });
    const other = cluster.node("b", { secondaries: 22 });
    const pods = Array.from({ length: 20 }, (_, index) => node.runPod(`web-${index}`));
    const spare = Array.from({ length: 10 }, () => other.spare());
    await cluster.start();
    await cluster.clean();
    expect(spare.every(({ address }) => cluster.isMarked(address))).toBe(true);
    await cluster.wait(31);
    for (const { name } of pods) cluster.world.kubernetes.erase("pods", name, "default");
    const { released, kept } = await cluster.clean();
    expect(released).toEqual([]);
    expect(kept.some(({ reason }) => reason === "breaker")).toBe(true);
  });
});

describe("a clean whose time runs out", () => {
  test("H53 sweeps no node that it could not finish, and answers its addresses as pending; the next one goes on", async () => {
    const cluster = new Cluster();
    for (const name of ["a", "b", "c"]) cluster.node(name, { secondaries: 3 }).spare();
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.wait(31);
    let nodes = 0;
    const request = { requestId: "short", dryRun: false };
    const first = await cluster.run((ports) => clean(ports, cluster.settings, request, () => ++nodes <= 1));
    expect(first?.released).toHaveLength(1);
    expect(first?.pending.map(({ node }) => node)).toHaveLength(2);
    expect(first?.failed).toEqual([]);
    expect(cluster.leaks).toHaveLength(2);
    const second = await cluster.run((ports) => clean(ports, cluster.settings, request));
    expect(second?.released).toHaveLength(2);
    expect(cluster.leaks).toEqual([]);
  });
});
