import { describe, expect, test } from "@jest/globals";
import { FREEZE_CONFIG_MAP } from "../../../src/domain/objects/names.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { lineWith } from "../happenings.ts";
import { Cluster } from "../harness.ts";

/** A node with leaks of each kind, marked and due. */
async function due() {
  const cluster = new Cluster();
  const node = cluster.node("a", { extraInterfaces: 1, secondaries: 2 });
  leaks.podGone(node, "gone");
  const places = [node.spare(), node.spare()];
  const orphan = leaks.detachedInterface(node);
  const dead = leaks.orphanOf(node, "i-0aaaabbbbccccdddd");
  await cluster.start();
  await cluster.collect("leaks");
  await cluster.wait(62);
  cluster.world.kubernetes.calls.clear();
  return { cluster, node, places, orphan, dead };
}

const mutations = (cluster: Cluster): number =>
  cluster.cloudCalls("UnassignPrivateIpAddresses") + cluster.cloudCalls("DeleteNetworkInterface");
const writes = (cluster: Cluster): number =>
  ["POST", "PUT", "DELETE"].reduce((sum, verb) => sum + cluster.calls(verb, "vpcips.vpcip.dev"), 0);

describe("H29 a freeze", () => {
  test("is obeyed by collect, sweep and clean: nothing is marked, queued, paused or released", async () => {
    const { cluster } = await due();
    const leaksBefore = cluster.leaks;
    cluster.freeze();
    expect((await cluster.collect("leaks")).frozen).toBe("by hand");
    expect((await cluster.collect("due")).queued).toEqual([]);
    expect((await cluster.sweep()).outcome).toBe("held-back");
    const cleaned = await cluster.clean();
    expect([cleaned.frozen, cleaned.released]).toEqual(["by hand", []]);
    await cluster.drain();
    expect(cluster.leaks).toEqual(leaksBefore);
    expect([mutations(cluster), writes(cluster)]).toEqual([0, 0]);
    expect(cluster.heard.pauses).toEqual([]);
    expect(cluster.heard.alarmKinds).toContain("frozen");
  });

  test("lets go when a person thaws", async () => {
    const { cluster } = await due();
    cluster.freeze();
    await cluster.collect("due");
    cluster.freeze({ frozen: "false" });
    await cluster.converge();
    expect(cluster.leaks).toEqual([]);
  });

  test("stops a sweep in its middle: after it nothing more is sent to EC2, at whatever moment it comes", async () => {
    const { cluster: counted } = await due();
    const clean = new Line();
    await counted.sweep("a", {}, clean);
    expect(mutations(counted)).toBe(3);
    for (let nth = 1; nth <= clean.crossings.length; nth++) {
      const { cluster } = await due();
      const line = lineWith(nth, () => cluster.freeze());
      await cluster.sweep("a", {}, line);
      const after = line.crossings.slice(nth - 1);
      const seen = after.findIndex(({ what }) => what.includes("reclaimer-freeze"));
      const sent = after.filter(({ what }, index) => index > seen && /Unassign|DeleteNetwork/.test(what));
      // One request may follow whose freeze was read just before.
      expect([nth, sent.length <= (seen === -1 ? 1 : 0)]).toEqual([nth, true]);
      expect(cluster.lease()?.spec.holderIdentity).not.toMatch(/^reclaimer/);
    }
  });

  test("leaves no intent behind: the mark stands as before, and the next run goes on", async () => {
    const { cluster, places } = await due();
    cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev" }, () => cluster.freeze());
    expect((await cluster.sweep()).outcome).toBe("held-back");
    for (const { address } of places) {
      expect(cluster.record(address)?.spec.release).toBeUndefined();
      expect(cluster.isMarked(address)).toBe(true);
    }
    cluster.freeze({ frozen: "false" });
    await cluster.converge();
    expect(cluster.leaks).toEqual([]);
  });

  test("stops between one interface and the next", async () => {
    const { cluster } = await due();
    cluster.world.ec2.onChange(({ kind }) => {
      if (kind === "addressUnassigned") cluster.freeze();
    });
    await cluster.sweep();
    expect(mutations(cluster)).toBe(1);
  });
});

describe("the freeze object", () => {
  test.each([
    ["missing", undefined],
    ["empty", {}],
    ["of another word", { frozen: "no" }],
    ["with a breaker that nobody can read", { frozen: "false", breaker: "{" }],
  ])("keeps all where it is %s", async (_how, data) => {
    const { cluster } = await due();
    if (data === undefined)
      cluster.world.kubernetes.erase("configmaps", FREEZE_CONFIG_MAP.name, FREEZE_CONFIG_MAP.namespace);
    else cluster.freeze(data as Record<string, string>);
    expect((await cluster.sweep()).outcome).toBe("held-back");
    expect((await cluster.collect("due")).frozen).toBeDefined();
    expect((await cluster.clean()).frozen).toBeDefined();
    expect(mutations(cluster)).toBe(0);
    expect(cluster.freezeObject()?.data).toEqual(data);
  });

  test("H05 keeps all where it can't be read", async () => {
    const { cluster } = await due();
    cluster.world.kubernetes.faults.add({ resource: "configmaps", kind: "status", code: 500 });
    await expect(cluster.sweep()).rejects.toThrow("reclaimer-freeze");
    expect(mutations(cluster)).toBe(0);
  });

  test("holds one node by its breaker, and lets the others go", async () => {
    const cluster = new Cluster();
    const [held, free] = ["held", "free"].map((name) => cluster.node(name).spare());
    await cluster.start();
    await cluster.collect("leaks");
    const trip = { scope: "node", name: "held", leaked: 20, total: 20, limit: 0.8 };
    cluster.freeze({ frozen: "false", breaker: JSON.stringify([trip]) });
    await cluster.dueRun(31);
    expect([cluster.has(held?.address ?? ""), cluster.has(free?.address ?? "")]).toEqual([true, false]);
    expect((await cluster.sweep("held")).outcome).toBe("held-back");
  });

  test.each(["subnet", "cluster"])(
    "holds all of a %s by its breaker, also under the lease",
    async (scope) => {
      const { cluster } = await due();
      const name = scope === "subnet" ? cluster.subnetID : "";
      const trip = { scope, name, leaked: 20, total: 20, limit: 0.3 };
      cluster.freeze({ frozen: "false", breaker: JSON.stringify([trip]) });
      await cluster.sweep();
      await cluster.clean();
      expect(mutations(cluster)).toBe(0);
    },
  );

  test.each(["node", "subnet", "cluster"])(
    "H17 H29 stops a sweep at work by a breaker of its %s that trips since, and leaves no intent behind",
    async (scope) => {
      const { cluster, places } = await due();
      const name = { node: "a", subnet: cluster.subnetID, cluster: "" }[scope];
      const trip = { scope, name, leaked: 20, total: 20, limit: 0.3 };
      cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev" }, () =>
        cluster.freeze({ frozen: "false", breaker: JSON.stringify([trip]) }),
      );
      expect((await cluster.sweep()).outcome).toBe("held-back");
      expect(mutations(cluster)).toBe(0);
      for (const { address } of places) {
        expect(cluster.record(address)?.spec.release).toBeUndefined();
        expect(cluster.isMarked(address)).toBe(true);
      }
    },
  );

  test("lets a sweep at work go on where a breaker of another node trips", async () => {
    const { cluster, places } = await due();
    const trip = { scope: "node", name: "b", leaked: 20, total: 20, limit: 0.3 };
    cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev" }, () =>
      cluster.freeze({ frozen: "false", breaker: JSON.stringify([trip]) }),
    );
    expect((await cluster.sweep()).outcome).toBe("swept");
    for (const { address } of places) expect(cluster.has(address)).toBe(false);
  });

  test("holds a subnet by its breaker under the lease, where the record doesn't tell its subnet", async () => {
    const { cluster, places } = await due();
    for (const { address } of places) {
      const record = cluster.record(address);
      const { subnetID: _subnet, ...spec } = record?.spec ?? { nodeName: "a" };
      cluster.world.api.replace("vpcips", {
        ...record,
        metadata: { ...record?.metadata, name: address },
        spec,
      });
    }
    const trip = { scope: "subnet", name: cluster.subnetID, leaked: 20, total: 20, limit: 0.5 };
    cluster.freeze({ frozen: "false", breaker: JSON.stringify([trip]) });
    await cluster.sweep();
    expect(cluster.heard.pauses.length).toBe(1);
    expect(mutations(cluster)).toBe(0);
  });
});
