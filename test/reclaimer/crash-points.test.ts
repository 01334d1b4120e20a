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
  expect(points).toBeGreaterThan(100);
}, 60_000);

test("H48 mark pass: whatever call of it is lost, or its last, the next runs finish the work", async () => {
  const { failed } = await atEveryPoint(
    leakyNode,
    (cluster, line) => cluster.collect("leaks", line),
    wrongAtTheEnd,
  );
  expect(failed).toEqual([]);
}, 60_000);
