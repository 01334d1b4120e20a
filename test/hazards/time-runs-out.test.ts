import { describe, expect, test } from "@jest/globals";
import { RECLAIMER_KEY } from "../../src/sandbox/engine/world.ts";
import { type Fate, Line } from "../../src/sandbox/in-process/index.ts";
import { cleaning, collecting, sweeping } from "../reclaimer/crash-points/laid.ts";
import { Cluster } from "../reclaimer/harness.ts";
import { UNASSIGN } from "../reclaimer/sweep/one-leak.ts";

const OVER = { breaker: { nodeShare: 1, subnetShare: 1, clusterShare: 1, minimumLeaks: 10_000 } };

/** Nodes with some leaks on each of their interfaces. */
async function leakyNodes(names: readonly string[], interfaces: number, leaks: number): Promise<Cluster> {
  const cluster = new Cluster(OVER);
  for (const name of names) {
    const seed = { secondaries: leaks, extraInterfaces: interfaces - 1, instanceType: "m5.4xlarge" };
    const node = cluster.node(name, seed);
    while (node.spares > 0) node.spare();
  }
  return cluster.start();
}

async function due(cluster: Cluster): Promise<Cluster> {
  await cluster.collect("leaks");
  await cluster.wait(31);
  await cluster.collect("due");
  return cluster;
}

const unassigned = ({ world }: Cluster): number =>
  world.ec2.calls.byAction(RECLAIMER_KEY)["UnassignPrivateIpAddresses"] ?? 0;

/** The nth call of this kind meets this fate. */
function lineOn(what: RegExp, nth: number, fate: Fate): Line {
  const line = new Line();
  let count = 0;
  line.fateOf = (crossing) => (what.test(crossing.what) && ++count === nth ? fate : "through");
  return line;
}

describe("a sweep whose time runs out", () => {
  test("H53 goes on with the interfaces that are left, and asks EC2 for none twice", async () => {
    const cluster = await due(await leakyNodes(["a"], 4, 3));
    const killed = lineOn(UNASSIGN, 3, "killed-before");
    await cluster.run((ports) => sweeping(cluster, ports), killed);
    expect([unassigned(cluster), cluster.leaks.length]).toEqual([2, 6]);
    await cluster.drain();
    expect([unassigned(cluster), cluster.leaks]).toEqual([4, []]);
    expect(new Set(cluster.released).size).toBe(12);
    expect(cluster.released.length).toBe(12);
    expect(cluster.failures).toEqual([]);
  });

  test("H53 at whatever second it ends, each address is given back once and nothing is left", async () => {
    for (let seconds = 2; seconds <= 60; seconds += 2) {
      const cluster = await due(await leakyNodes(["a"], 2, 2));
      const line = new Line(() => cluster.clock.sleep(700));
      void cluster.clock.sleep(seconds * 1000).then(() => line.kill());
      await cluster.run((ports) => sweeping(cluster, ports), line);
      await cluster.converge();
      const twice = cluster.released.length - new Set(cluster.released).size;
      expect([seconds, cluster.leaks, cluster.unfinished, twice, cluster.failures]).toEqual([
        seconds,
        [],
        [],
        0,
        [],
      ]);
    }
  }, 30_000);
});

describe("a mark pass whose time runs out", () => {
  test("H53 leaves marks that stand and age; the next one writes those that are missing, and no other", async () => {
    const cluster = await leakyNodes(["a"], 2, 20);
    const killed = lineOn(/^POST .*vpcips/, 21, "killed-before");
    await cluster.run((ports) => collecting({ kind: "leaks" })(cluster, ports), killed);
    const marked = cluster.unfinished;
    const times = () => marked.map((address) => cluster.record(address)?.spec.leak?.firstObservedAt);
    const before = times();
    expect(marked.length).toBe(20);
    await cluster.wait(20);
    const { marked: more } = await cluster.collect("leaks");
    expect([more, cluster.unfinished.length]).toEqual([20, 40]);
    expect(times()).toEqual(before);
    await cluster.dueRun(11);
    expect(cluster.released.length).toBe(20);
    expect([...cluster.released].sort()).toEqual([...marked].sort());
  });
});

describe("a clean whose time runs out", () => {
  test("H53 asked again under its request ID goes on with the node that is left, and pauses the other no more", async () => {
    const cluster = await due(await leakyNodes(["a", "b"], 1, 4));
    cluster.heard.clear();
    const killed = lineOn(UNASSIGN, 2, "killed-before");
    await cluster.run((ports) => cleaning({})(cluster, ports), killed);
    expect(cluster.released.length).toBe(4);
    await cluster.wait(1.1);
    const paused = cluster.heard.pauses.map(({ node }) => node);
    expect(paused.length).toBe(1);
    const { failed } = await cluster.clean({});
    await cluster.converge();
    const [first] = paused;
    expect(failed).toEqual([]);
    expect(cluster.heard.pauses.filter(({ node }) => node === first).length).toBe(1);
    expect([cluster.leaks, cluster.unfinished]).toEqual([[], []]);
    expect([cluster.released.length, new Set(cluster.released).size]).toEqual([8, 8]);
  });
});
