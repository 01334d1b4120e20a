import { describe, expect, test } from "@jest/globals";
import { SENTINEL } from "../../../src/domain/objects/names.ts";
import { startFromPool } from "../happenings.ts";
import { due, expectFrozen, laid, loseSentinel, stillInWrite } from "./laid.ts";

describe("lost memory", () => {
  test("H61 freezes when etcd is restored from before: records of running Pods are gone", async () => {
    const { cluster, node } = await laid();
    const backup = cluster.world.kubernetes.snapshot();
    const pod = startFromPool(node);
    await cluster.collect("leaks");
    await cluster.wait(31);
    cluster.world.kubernetes.restore(backup);
    cluster.allocator().kill();
    await expectFrozen(cluster, /etcd has gone back/);
    expect(cluster.has(pod.address)).toBe(true);
    expect(cluster.wrong).toEqual([]);
  });

  test("H61 freezes also where the freeze object itself is from before", async () => {
    const { cluster } = await laid();
    const backup = cluster.world.kubernetes.snapshot();
    cluster.freeze();
    await cluster.collect("due");
    cluster.freeze({ frozen: "false" });
    await cluster.collect("due");
    cluster.world.kubernetes.restore(backup);
    expect(cluster.freezeObject()?.data?.["frozen"]).toBe("false");
    await expectFrozen(cluster, /etcd has gone back/);
  });

  test("H61 stays lost where a restore undoes the loss that was seen, and the freeze with it; releases once a person says so", async () => {
    const { cluster } = await due();
    const backup = cluster.world.kubernetes.snapshot();
    loseSentinel(cluster);
    await cluster.collect("due");
    cluster.world.kubernetes.restore(backup);
    expect(cluster.freezeObject()?.data?.["frozen"]).toBe("false");
    await expectFrozen(cluster, /no person has said/);
    cluster.accept();
    await cluster.day();
    expect(cluster.leaks).toEqual([]);
  });

  test("H61 goes on where a loss was undone before anybody saw it: etcd is what it was", async () => {
    const { cluster } = await laid();
    const backup = cluster.world.kubernetes.snapshot();
    loseSentinel(cluster);
    cluster.world.kubernetes.restore(backup);
    await cluster.day();
    expect(cluster.leaks).toEqual([]);
  });

  test("H61 keeps noted what was seen, whatever a function that stood still has yet to count", async () => {
    const { cluster } = await laid();
    const { slow, hasStood } = stillInWrite(cluster);
    await cluster.wait(1);
    expect(hasStood()).toBe(true);
    const backup = cluster.world.kubernetes.snapshot();
    loseSentinel(cluster);
    await cluster.collect("due");
    await cluster.clock.until(slow);
    cluster.world.kubernetes.restore(backup);
    await expectFrozen(cluster, /no person has said/);
  });

  test("H29 H61 freezes when etcd is restored from before, and runs had found a person's freeze since", async () => {
    const { cluster, node } = await laid();
    await cluster.collect("leaks");
    cluster.freeze();
    const backup = cluster.world.kubernetes.snapshot();
    const pod = startFromPool(node);
    await cluster.collect("due");
    await cluster.wait(31);
    cluster.world.kubernetes.restore(backup);
    cluster.allocator().kill();
    cluster.freeze({ frozen: "false" });
    await expectFrozen(cluster, /etcd has gone back/);
    expect(cluster.has(pod.address)).toBe(true);
  });

  test.each([
    ["vpcips.vpcip.dev", SENTINEL.vpcIP, undefined],
    ["nodeeniconfigs.vpcip.dev", SENTINEL.nodeENIConfig, undefined],
    ["vpcipclaims.vpcip.dev", SENTINEL.claim.name, SENTINEL.claim.namespace],
  ])(
    "H62 freezes when the sentinel of %s is gone, and doesn't make it again",
    async (resource, name, namespace) => {
      const { cluster } = await due();
      cluster.world.kubernetes.erase(resource, name, namespace);
      await expectFrozen(cluster, /sentinel is missing/);
      const names = cluster.world.kubernetes.objects(resource).map(({ metadata }) => metadata.name);
      expect(names).not.toContain(name);
    },
  );

  test("H62 freezes when a sentinel was made again: its CRD was deleted in between", async () => {
    const { cluster } = await due();
    const sentinel = cluster.world.api.get("vpcips", { name: SENTINEL.vpcIP });
    loseSentinel(cluster);
    const {
      uid: _uid,
      resourceVersion: _version,
      ...metadata
    } = sentinel?.metadata ?? { name: SENTINEL.vpcIP };
    cluster.world.api.lay("vpcips", { ...sentinel, metadata });
    await expectFrozen(cluster, /made again/);
  });

  test("H68 freezes when it is another cluster that answers", async () => {
    const { cluster } = await due();
    if (cluster.mirror.state !== undefined)
      cluster.mirror.state = { ...cluster.mirror.state, clusterUID: "another" };
    await expectFrozen(cluster, /another cluster/);
  });

  test("freezes when the mirror is lost", async () => {
    const { cluster } = await due();
    cluster.mirror.state = undefined;
    await expectFrozen(cluster, /nothing is mirrored/);
  });

  test("goes on where etcd is ahead of the mirror: a run died between the two", async () => {
    const { cluster } = await laid();
    const before = cluster.mirror.state;
    await cluster.collect("due");
    cluster.mirror.state = before;
    await cluster.day();
    expect(cluster.leaks).toEqual([]);
  });
});
