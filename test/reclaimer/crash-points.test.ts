import { expect, test } from "@jest/globals";
import * as leaks from "../../src/sandbox/scenarios/leaks.ts";
import { atEveryPoint, wrongAtTheEnd } from "./every-point.ts";
import { Cluster } from "./harness.ts";

/** A node with a Pod that runs and addresses that leaked in each way. */
async function leakyNode(): Promise<Cluster> {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 7 });
  node.runPod("web");
  leaks.neverRecorded(node);
  leaks.podGone(node, "gone");
  leaks.unfinishedRelease(node);
  return cluster.start();
}

async function dueNode(): Promise<Cluster> {
  const cluster = await leakyNode();
  await cluster.collect("leaks");
  await cluster.wait(31);
  await cluster.collect("due");
  return cluster;
}

test("H23 H48 sweep: whatever call of it is lost, or its last, the next runs finish the work", async () => {
  const { points, failed } = await atEveryPoint(
    dueNode,
    (cluster, line) => cluster.drain(line),
    wrongAtTheEnd,
  );
  expect(failed).toEqual([]);
  expect(points).toBeGreaterThan(70);
}, 60_000);

test("H48 mark pass: whatever call of it is lost, or its last, the next runs finish the work", async () => {
  const { failed } = await atEveryPoint(
    leakyNode,
    (cluster, line) => cluster.collect("leaks", line),
    wrongAtTheEnd,
  );
  expect(failed).toEqual([]);
}, 60_000);

test("H48 clean: whatever call of it is lost, or its last, the next runs finish the work", async () => {
  const marked = async () => {
    const cluster = await leakyNode();
    await cluster.collect("leaks");
    await cluster.wait(31);
    return cluster;
  };
  const { failed } = await atEveryPoint(marked, (cluster, line) => cluster.clean({}, line), wrongAtTheEnd);
  expect(failed).toEqual([]);
}, 60_000);

test("H41 H48 H49 a dead node: whatever call of its sweep is lost, or its last, nothing of it is left", async () => {
  const dead = async () => {
    const cluster = new Cluster();
    const node = cluster.node("dead", { secondaries: 2 });
    node.runPod("old");
    leaks.detachedInterface(node);
    await cluster.start();
    node.terminate();
    node.removeNodeObject();
    cluster.allocator("dead").kill();
    cluster.allocators.delete("dead");
    await cluster.collect("leaks");
    await cluster.drain();
    await cluster.wait(31);
    await cluster.collect("due");
    return cluster;
  };
  const left = async (cluster: Cluster) => {
    await cluster.drain();
    for (let run = 0; run < 5; run++) await cluster.dueRun(10);
    for (let look = 0; look < 3; look++) {
      await cluster.day();
      await cluster.wait(35);
    }
    const objects = ["vpcips", "nodeeniconfigs"].flatMap((kind) => cluster.world.api.list(kind));
    const names = objects
      .map(({ metadata }) => metadata.name)
      .filter((name) => !/^(0\.0\.0\.0|sentinel)/.test(name));
    const lease = cluster.lease("dead") === undefined ? [] : ["its lease"];
    return [...cluster.wrong, ...cluster.leaks, ...names, ...lease];
  };
  const { failed } = await atEveryPoint(dead, (cluster, line) => cluster.drain(line), left);
  expect(failed).toEqual([]);
}, 60_000);
