import { describe, expect, test } from "@jest/globals";
import { withMirror } from "../../../src/adapters/kubernetes/labels.ts";
import type { StoredVpcIP } from "../../../src/domain/objects/vpcip.ts";
import type { Fate } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { lineTo } from "../../line-to.ts";
import { bareInterface, layWaiting } from "../awaited.ts";
import { Cluster } from "../harness.ts";
import { everyFiveMinutes, optOut } from "./laid.ts";

const DELETE = /^DeleteNetworkInterface/;
const NEVER = { spec: { static: true } };
const EXPIRES = {
  spec: { static: true, reclaimPolicy: "AfterExpiry", expireAfter: "1h" },
  detachedSeconds: -3000,
};

interface Seed {
  /** The interface's instance; node a's where undefined. */
  readonly gone?: string;
  readonly seed?: leaks.ClaimSeed;
}

/** A detached interface with one address only, the primary, whose name is the record of a static claim that waits for it. */
async function lentBy({ gone, seed = NEVER }: Seed = {}) {
  const cluster = new Cluster();
  const { world } = cluster;
  const node = cluster.node("a", { secondaries: 2 });
  node.runPod("web");
  await cluster.start();
  const { id, address } = bareInterface(node, gone);
  const claim = layWaiting(node, address, leaks.layClaim(node, "db", address, seed));
  const spec = () => cluster.record(address)?.spec;
  const claimObject = () => world.api.get("vpcipclaims", { namespace: "default", name: "db" });
  const isThere = () => world.ec2.snapshot().some((each) => each.id === id);
  const marked = async () => {
    await cluster.daily();
    await cluster.wait(31);
  };
  /** The sweep of the node, until it ends or is killed at the deletion. */
  const sweepMeeting = async (fate: Fate, happen: () => void = () => undefined) => {
    await marked();
    await cluster.collect("due");
    const line = lineTo(DELETE, fate);
    void line.killed.then(happen);
    await cluster.drain(line);
  };
  return { cluster, node, id, address, claim, spec, claimObject, isThere, marked, sweepMeeting };
}

/** What the record says once it is given back. */
const withoutPlace = (claim: object, nodeName = "a") => ({
  nodeName,
  claim,
  subnetID: expect.any(String) as unknown,
});

describe("a detached interface each of whose names is a waiting static claim's", () => {
  test("H41 is deleted by a mark in the claim's record; the claim stays, and its record names no place again", async () => {
    const { cluster, id, claim, spec, claimObject, isThere } = await lentBy();
    await cluster.collect("leaks");
    expect(spec()).toMatchObject({ nodeName: "a", interfaceID: id, claim, leak: { scope: "Interface" } });
    expect(spec()?.instanceID).toBeUndefined();
    await cluster.dueRun(20);
    expect(isThere()).toBe(true);
    await cluster.dueRun(11);
    expect(isThere()).toBe(false);
    expect(spec()).toEqual(withoutPlace(claim));
    expect(claimObject()).toBeDefined();
    expect(cluster.wrong).toEqual([]);
  });

  test("H41 is deleted while a Pod of the claim waits for the address", async () => {
    const { cluster, node, claim, spec, isThere } = await lentBy();
    node.layPod({ namespace: "default", name: "db", uid: "uid-of-db" }, { phase: "Pending", podIP: "" });
    await cluster.day();
    expect(isThere()).toBe(false);
    expect(spec()).toEqual(withoutPlace(claim));
  });

  test.each(["terminated", "not found"] as const)(
    "H41 is deleted where its instance is %s, by its tag alone: the record names none",
    async (state) => {
      const { cluster, claim, spec, isThere } = await lentBy({ gone: "i-0dead00000000dead" });
      const { world, subnetID } = cluster;
      if (state === "terminated") world.ec2.seed.runInstance({ id: "i-0dead00000000dead", subnetID, state });
      await cluster.collect("leaks");
      await everyFiveMinutes(cluster, 70);
      expect(isThere()).toBe(false);
      expect(spec()).toEqual(withoutPlace(claim, "old"));
      expect(cluster.unfinished).toEqual([]);
      expect(cluster.lease("old")).toBeUndefined();
    },
  );

  test("keeps it and the claim where a person opts the record out, before the mark or after it, until the word is taken back", async () => {
    for (const isBefore of [true, false]) {
      const { cluster, address, claim, spec, isThere, marked } = await lentBy();
      if (isBefore) optOut(cluster, address);
      await marked();
      if (!isBefore) optOut(cluster, address);
      await cluster.day();
      expect(isThere()).toBe(true);
      expect(spec()).toMatchObject({ claim });
      expect(spec()?.leak === undefined).toBe(isBefore);
      optOut(cluster, address, {});
      await cluster.day();
      expect(isThere()).toBe(false);
      expect(spec()).toEqual(withoutPlace(claim));
    }
  });

  test("keeps it, and gives the record back, where it is attached meanwhile", async () => {
    const { cluster, node, id, claim, spec, isThere, marked } = await lentBy();
    await marked();
    cluster.world.ec2.call("AttachNetworkInterface", {
      NetworkInterfaceId: id,
      InstanceId: node.instanceID,
      DeviceIndex: 3,
    });
    await cluster.dueRun(5);
    expect(isThere()).toBe(true);
    expect(spec()).toEqual(withoutPlace(claim));
  });

  test("keeps it where it is attached just before EC2 is asked; the mark stands, and goes with the next run", async () => {
    const { cluster, node, id, claim, spec, isThere, marked } = await lentBy();
    await marked();
    cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev" }, () => {
      const place = { NetworkInterfaceId: id, InstanceId: node.instanceID, DeviceIndex: 3 };
      cluster.world.ec2.call("AttachNetworkInterface", place);
    });
    await cluster.dueRun(1);
    expect(isThere()).toBe(true);
    expect(spec()).toMatchObject({ claim, leak: { scope: "Interface" } });
    expect(spec()?.release).toBeUndefined();
    await cluster.day();
    expect(spec()).toEqual(withoutPlace(claim));
  });

  test("keeps the record as whoever serves the claim writes it meanwhile", async () => {
    const { cluster, address, spec } = await lentBy();
    const next = { nodeName: "b", instanceID: "i-0123456789abcdef0" };
    cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev", name: address }, () =>
      rewrite(cluster, address, (old) => ({ ...old, ...next })),
    );
    await cluster.collect("leaks");
    expect(spec()).toMatchObject(next);
    expect(spec()?.leak).toBeUndefined();
  });

  test("keeps it where the claim's record is served after the mark, and EC2 is not asked to delete anything", async () => {
    const { cluster, address, isThere, marked } = await lentBy();
    await marked();
    cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev", name: address }, () =>
      rewrite(cluster, address, ({ leak: _l, interfaceID: _i, ...old }) => ({
        ...old,
        nodeName: "b",
        instanceID: "i-0123456789abcdef0",
      })),
    );
    await cluster.dueRun(1);
    expect(isThere()).toBe(true);
    expect(cluster.cloudCalls("DeleteNetworkInterface")).toBe(0);
  });

  test("gives the record back where nobody's allocator answers, and marks it anew the next day", async () => {
    const { cluster, claim, spec, isThere, marked } = await lentBy();
    cluster.allocator().kill();
    await marked();
    for (let hour = 0; hour < 3; hour++) await cluster.dueRun(60);
    expect(isThere()).toBe(true);
    expect(spec()).toEqual(withoutPlace(claim));
    await cluster.collect("leaks");
    expect(spec()?.leak).toBeDefined();
  });
});

function rewrite(
  cluster: Cluster,
  address: string,
  change: (spec: StoredVpcIP["spec"]) => StoredVpcIP["spec"],
): void {
  const record = cluster.record(address);
  if (record === undefined) throw new Error(`no record of ${address}`);
  cluster.world.api.replace("vpcips", withMirror({ ...record, spec: change(record.spec) }));
}

describe("a deletion by a lent record that did not end", () => {
  test.each(["lost-before", "lost-after", "killed-before", "killed-after"] as const)(
    "H48 H25 EC2 is asked (%s): the claim stays, its record is given back without anything that binds it",
    async (fate) => {
      const { cluster, claim, spec, isThere, sweepMeeting } = await lentBy();
      await sweepMeeting(fate);
      await everyFiveMinutes(cluster, 60);
      expect(isThere()).toBe(false);
      expect(spec()).toEqual(withoutPlace(claim));
      expect(cluster.heard.alarmKinds).not.toContain("claim-put-back");
    },
  );

  test("keeps it, and the claim, where a person opts the record out after the intent", async () => {
    const { cluster, address, claim, spec, isThere, sweepMeeting } = await lentBy();
    await sweepMeeting("killed-before", () => optOut(cluster, address));
    await everyFiveMinutes(cluster, 60);
    expect(isThere()).toBe(true);
    expect(spec()).toEqual(withoutPlace(claim));
  });
});

describe("a claim that ends while its record is lent", () => {
  test("H49 goes with its record, once a person deletes it: the interface goes as any other", async () => {
    const { cluster, address, isThere, marked } = await lentBy();
    await marked();
    cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
    await cluster.dueRun(1);
    expect(isThere()).toBe(false);
    await cluster.day();
    expect(cluster.record(address)).toBeUndefined();
    expect(cluster.unfinished).toEqual([]);
  });

  test("H49 goes with its record, once its time is over", async () => {
    const { cluster, address, claimObject, isThere } = await lentBy({ seed: EXPIRES });
    await cluster.collect("leaks");
    await everyFiveMinutes(cluster, 150);
    expect(isThere()).toBe(false);
    expect(cluster.record(address)).toBeUndefined();
    expect(claimObject()).toBeUndefined();
  });

  test("keeps its record for as long as a mark must have stood: the interface's own mark is no look at the claim", async () => {
    const { cluster, id, address, claim, spec, marked } = await lentBy();
    await marked();
    cluster.world.ec2.call("DeleteNetworkInterface", { NetworkInterfaceId: id });
    cluster.world.kubernetes.erase("vpcipclaims.vpcip.dev", "db", "default");
    await cluster.dueRun(1);
    expect(spec()).toMatchObject({ claim });
    await cluster.day();
    expect(cluster.record(address)).toBeUndefined();
  });
});
