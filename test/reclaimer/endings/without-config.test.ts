import { describe, expect, test } from "@jest/globals";
import { SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import { type Fate, Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";
import { everyFiveMinutes } from "./laid.ts";

const DEAD = "i-0dead00000000dead";
const LEFT = ["10.0.0.240", "10.0.0.241"];

/** What a node left that has no config any more: records, due. */
async function withoutConfig() {
  const cluster = new Cluster();
  const node = cluster.node("alive");
  node.runPod("web");
  await cluster.start();
  for (const address of LEFT) leaks.recordOfDeadInstance(node, address, DEAD);
  await cluster.collect("leaks");
  await cluster.wait(61);
  await cluster.collect("due");
  const { namespace, name } = { namespace: SYSTEM_NAMESPACE, name: "gone-node" };
  const hasLease = () => cluster.world.api.get("leases", { namespace, name }) !== undefined;
  const records = () => LEFT.filter((address) => cluster.record(address) !== undefined);
  return { cluster, hasLease, records };
}

const LEASE = /^DELETE .*\/leases\//;
const RECORD = /^DELETE .*\/vpcips\//;

function lineAt(what: RegExp, nth: number, fate: Fate): Line {
  const line = new Line();
  let seen = 0;
  line.fateOf = (crossing) => (what.test(crossing.what) && ++seen === nth ? fate : "through");
  return line;
}

describe("a dead node without config", () => {
  test.each([
    ["before its lease is deleted", LEASE, 1, "killed-before"],
    ["when its lease is deleted", LEASE, 1, "killed-after"],
    ["before its first record is deleted", RECORD, 1, "killed-before"],
    ["before its last record is deleted", RECORD, 2, "killed-before"],
    ["when its last record is deleted", RECORD, 2, "killed-after"],
  ] as const)("H48 H49 nothing of it is left where a run is killed %s", async (_when, what, nth, fate) => {
    const { cluster, hasLease, records } = await withoutConfig();
    let isKilled = false;
    const line = lineAt(what, nth, fate);
    void line.killed.then(() => {
      isKilled = true;
    });
    await cluster.drain(line);
    expect(isKilled).toBe(true);
    await cluster.drain();
    await everyFiveMinutes(cluster, 40);
    expect(records()).toEqual([]);
    expect(hasLease()).toBe(false);
  });

  test("H49 its lease goes while a record still leads to it", async () => {
    const { cluster, records } = await withoutConfig();
    const left: (readonly string[])[] = [];
    cluster.world.kubernetes.onChange(({ resource, object, type }) => {
      if (resource.plural === "leases" && object.metadata.name === "gone-node" && type === "DELETED")
        left.push(records());
    });
    await cluster.drain();
    expect(left).toEqual([LEFT]);
  });

  test("H49 keeps its records for the next run where its lease can't be deleted, because somebody wrote to it", async () => {
    const { cluster, hasLease, records } = await withoutConfig();
    cluster.when({ verb: "DELETE", resource: "leases.coordination.k8s.io" }, () => {
      const lease = cluster.lease("gone-node");
      const metadata = { ...lease?.metadata, name: "gone-node", labels: { touched: "yes" } };
      cluster.world.api.replace("leases", { ...lease, metadata });
    });
    await cluster.drain();
    expect(records()).toEqual(LEFT);
    expect(cluster.lease("gone-node")?.spec.holderIdentity ?? "").toBe("");
    await everyFiveMinutes(cluster, 5);
    expect(records()).toEqual([]);
    expect(hasLease()).toBe(false);
  });

  test("H11 keeps a record that a new node of the name has taken over, once the lease is gone", async () => {
    const { cluster, records } = await withoutConfig();
    cluster.world.kubernetes.onChange(({ resource, object, type }) => {
      if (resource.plural !== "leases" || object.metadata.name !== "gone-node" || type !== "DELETED") return;
      const record = cluster.record(LEFT[0] ?? "");
      if (record === undefined) throw new Error("it went before the lease");
      const claim = { namespace: "default", name: "new", podUID: "new", containerID: "new" };
      const { leak: _leak, ...spec } = record.spec;
      cluster.world.api.replace("vpcips", { ...record, spec: { ...spec, claim } });
    });
    await cluster.drain();
    expect(records()).toEqual([LEFT[0]]);
  });
});
