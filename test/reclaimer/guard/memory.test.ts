import { describe, expect, test } from "@jest/globals";
import { SENTINEL } from "../../../src/domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../../src/domain/objects/nodeeniconfig.ts";
import type { StoredVpcIPClaim } from "../../../src/domain/objects/vpcipclaim.ts";
import { runsOf } from "../../../src/reclaimer/guard/memory.ts";
import { clean, collect } from "../../../src/reclaimer/index.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { lineTo } from "../../line-to.ts";
import { everyFiveMinutes } from "../endings/laid.ts";
import { startFromPool } from "../happenings.ts";
import { Cluster } from "../harness.ts";

async function laid() {
  const cluster = new Cluster();
  const node = cluster.node();
  leaks.neverRecorded(node);
  await cluster.start();
  return { cluster, node };
}

const runsInEtcd = ({ world }: Cluster): number =>
  runsOf(world.api.get<StoredNodeENIConfig>("nodeeniconfigs", { name: SENTINEL.nodeENIConfig }));

/** A run that has counted in etcd, and stands still for an hour once the mirror has answered it. */
function stillAfterRead(cluster: Cluster): {
  readonly slow: Promise<unknown>;
  readonly isFrozen: () => boolean;
} {
  const thaw = cluster.clock.sleep(60 * 60_000);
  const line = new Line();
  let isFrozen = false;
  line.fateOf = ({ to, what }) => {
    if (to !== "mirror" || what !== "read" || isFrozen) return "through";
    isFrozen = runsInEtcd(cluster) !== cluster.mirror.state?.runs;
    return isFrozen ? { frozen: "after", until: thaw } : "through";
  };
  const slow = cluster.begin((ports) => collect(ports, cluster.settings, { kind: "due" }), line);
  return { slow, isFrozen: () => isFrozen };
}

/** That nothing goes any more, until a person says so, whoever asks. */
async function expectFrozen(cluster: Cluster, why: RegExp): Promise<void> {
  expect((await cluster.sweep()).outcome).toBe("held-back");
  expect((await cluster.clean()).frozen).toMatch(why);
  expect((await cluster.collect("leaks")).frozen).toMatch(why);
  expect(cluster.heard.alarmKinds).toContain("lost-memory");
  expect(cluster.freezeObject()?.data?.["frozen"]).toBe("true");
  await cluster.dueRun(31);
  expect(cluster.released).toEqual([]);
}

describe("the mirror of the run counter", () => {
  test.each(["before", "after"] as const)(
    "H31 H61 is not set back by a function that stood still %s its write while others counted on",
    async (frozen) => {
      const { cluster } = await laid();
      const thaw = cluster.clock.sleep(60 * 60_000);
      const line = new Line();
      let isFrozen = false;
      line.fateOf = ({ to, what }) => {
        if (to !== "mirror" || what !== "write" || isFrozen) return "through";
        isFrozen = true;
        return { frozen, until: thaw };
      };
      const slow = cluster.begin((ports) => collect(ports, cluster.settings, { kind: "due" }), line);
      for (let runs = 0; runs < 5; runs++) {
        await cluster.wait(5);
        await cluster.collect("due");
      }
      const { runs = 0 } = cluster.mirror.state ?? {};
      await cluster.clock.until(slow);
      expect(isFrozen).toBe(true);
      expect(cluster.mirror.state?.runs).toBe(runs);
    },
  );

  test("H31 H61 freezes when etcd goes back, whatever a function that stood still since it read the mirror has yet to write", async () => {
    const { cluster } = await laid();
    await cluster.collect("leaks");
    await cluster.wait(31);
    const { slow, isFrozen } = stillAfterRead(cluster);
    await cluster.wait(1);
    expect(isFrozen()).toBe(true);
    await cluster.collect("due");
    const backup = cluster.world.kubernetes.snapshot();
    await cluster.collect("due");
    cluster.world.kubernetes.restore(backup);
    await cluster.clock.until(slow);
    await expectFrozen(cluster, /etcd has gone back/);
  });

  test.each([
    ["a run", "due"],
    ["a clean", "clean"],
  ] as const)(
    "H31 H61 freezes when etcd goes back while %s stands still between the mirror and etcd",
    async (_who, kind) => {
      const { cluster } = await laid();
      await cluster.collect("leaks");
      await cluster.wait(31);
      const thaw = cluster.clock.sleep(60 * 60_000);
      const line = lineTo(/^GET .*\/nodeeniconfigs\/sentinel/, { frozen: "before", until: thaw });
      const slow = cluster.begin<unknown>(
        (ports) =>
          kind === "due"
            ? collect(ports, cluster.settings, { kind })
            : clean(ports, cluster.settings, { requestId: "by-hand", dryRun: false }),
        line,
      );
      const backup = cluster.world.kubernetes.snapshot();
      await cluster.collect("due");
      cluster.world.kubernetes.restore(backup);
      await cluster.clock.until(slow);
      expect(cluster.released).toEqual([]);
      await expectFrozen(cluster, /etcd has gone back/);
    },
  );

  test("H31 H61 freezes when a loss that was seen is undone, whatever such a function has yet to write", async () => {
    const { cluster } = await laid();
    await cluster.collect("leaks");
    await cluster.wait(31);
    const { slow, isFrozen } = stillAfterRead(cluster);
    await cluster.wait(1);
    expect(isFrozen()).toBe(true);
    const backup = cluster.world.kubernetes.snapshot();
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
    await cluster.collect("due");
    cluster.world.kubernetes.restore(backup);
    await cluster.clock.until(slow);
    await expectFrozen(cluster, /no person has said/);
  });

  test("H61 goes on where a function stood still since it read the mirror, and etcd did not go back", async () => {
    const { cluster } = await laid();
    await cluster.collect("leaks");
    await cluster.wait(31);
    const { slow, isFrozen } = stillAfterRead(cluster);
    await cluster.collect("due");
    await cluster.clock.until(slow);
    expect(isFrozen()).toBe(true);
    expect(cluster.mirror.state?.runs).toBe(runsInEtcd(cluster));
    await cluster.day();
    expect(cluster.leaks).toEqual([]);
  });

  test("H61 is left as it is where each of its answers comes too late", async () => {
    const { cluster } = await laid();
    const before = cluster.mirror.state;
    const line = new Line();
    line.fateOf = ({ to, what }) =>
      to === "mirror" && what === "read"
        ? { frozen: "after", until: cluster.clock.sleep(60_000) }
        : "through";
    const slow = cluster.begin((ports) => collect(ports, cluster.settings, { kind: "due" }), line);
    await expect(cluster.clock.until(slow)).rejects.toThrow("too late");
    expect(cluster.mirror.state).toEqual(before);
  });

  test("H61 counts on with each run", async () => {
    const { cluster } = await laid();
    const before = cluster.mirror.state?.runs ?? 0;
    await cluster.collect("due");
    await cluster.collect("leaks");
    expect(cluster.mirror.state?.runs).toBe(before + 2);
  });
});

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
    const { cluster } = await laid();
    await cluster.collect("leaks");
    await cluster.wait(31);
    const backup = cluster.world.kubernetes.snapshot();
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
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
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
    cluster.world.kubernetes.restore(backup);
    await cluster.day();
    expect(cluster.leaks).toEqual([]);
  });

  test("H61 keeps noted what was seen, whatever a function that stood still has yet to count", async () => {
    const { cluster } = await laid();
    const thaw = cluster.clock.sleep(60 * 60_000);
    const line = new Line();
    let isFrozen = false;
    line.fateOf = ({ to, what }) => {
      if (to !== "mirror" || what !== "read" || isFrozen) return "through";
      const { runs } = cluster.mirror.state ?? {};
      isFrozen = runsInEtcd(cluster) !== runs;
      return isFrozen ? { frozen: "before", until: thaw } : "through";
    };
    const slow = cluster.begin((ports) => collect(ports, cluster.settings, { kind: "due" }), line);
    await cluster.wait(1);
    expect(isFrozen).toBe(true);
    const backup = cluster.world.kubernetes.snapshot();
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
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
      const { cluster } = await laid();
      await cluster.collect("leaks");
      await cluster.wait(31);
      cluster.world.kubernetes.erase(resource, name, namespace);
      await expectFrozen(cluster, /sentinel is missing/);
      const names = cluster.world.kubernetes.objects(resource).map(({ metadata }) => metadata.name);
      expect(names).not.toContain(name);
    },
  );

  test("H62 freezes when a sentinel was made again: its CRD was deleted in between", async () => {
    const { cluster } = await laid();
    await cluster.collect("leaks");
    await cluster.wait(31);
    const sentinel = cluster.world.api.get("vpcips", { name: SENTINEL.vpcIP });
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
    const {
      uid: _uid,
      resourceVersion: _version,
      ...metadata
    } = sentinel?.metadata ?? { name: SENTINEL.vpcIP };
    cluster.world.api.lay("vpcips", { ...sentinel, metadata });
    await expectFrozen(cluster, /made again/);
  });

  test("H68 freezes when it is another cluster that answers", async () => {
    const { cluster } = await laid();
    await cluster.collect("leaks");
    await cluster.wait(31);
    if (cluster.mirror.state !== undefined)
      cluster.mirror.state = { ...cluster.mirror.state, clusterUID: "another" };
    await expectFrozen(cluster, /another cluster/);
  });

  test("freezes when the mirror is lost", async () => {
    const { cluster } = await laid();
    await cluster.collect("leaks");
    await cluster.wait(31);
    cluster.mirror.state = undefined;
    await expectFrozen(cluster, /nothing is mirrored/);
  });

  test("keeps all where the mirror can't be read", async () => {
    const { cluster } = await laid();
    await cluster.collect("leaks");
    await cluster.wait(31);
    const { Line } = await import("../../../src/sandbox/in-process/index.ts");
    const line = () => {
      const broken = new Line();
      broken.fateOf = ({ to }) => (to === "mirror" ? "lost-before" : "through");
      return broken;
    };
    await expect(cluster.sweep("a", {}, line())).rejects.toThrow("connection");
    await expect(cluster.collect("leaks", line())).rejects.toThrow("connection");
    expect(cluster.released).toEqual([]);
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

describe("accepted by hand", () => {
  async function lost() {
    const { cluster, node } = await laid();
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
    await cluster.collect("due");
    return { cluster, node };
  }

  test("is the state that was seen, and stays frozen until a person thaws", async () => {
    const { cluster } = await lost();
    cluster.accept({ frozen: "true" });
    expect((await cluster.collect("due")).frozen).toBeDefined();
    expect(cluster.freezeObject()?.data).toEqual({ frozen: "true" });
    cluster.freeze({ frozen: "false" });
    await cluster.day();
    expect(cluster.leaks).toEqual([]);
  });

  test("H33 H61 forgets the absences that etcd remembers: the Pods may have been back since", async () => {
    const cluster = new Cluster();
    leaks.claimExpired(cluster.node(), "db");
    await cluster.start();
    const key = { namespace: "default", name: "db" };
    const status = () => cluster.world.api.get<StoredVpcIPClaim>("vpcipclaims", key)?.status;
    const { address = "" } = status() ?? {};
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
    await cluster.collect("due");
    cluster.accept();
    await cluster.wait(60);
    const accepted = cluster.clock.now();
    await cluster.collect("due");
    await cluster.drain();
    expect(status()).toMatchObject({ address });
    expect(Date.parse(status()?.detachedAt ?? "")).toBeGreaterThanOrEqual(accepted);
    expect(cluster.has(address)).toBe(true);
    await cluster.dueRun(61);
    await everyFiveMinutes(cluster, 40);
    expect(cluster.has(address)).toBe(false);
  });

  test("H33 keeps an absence that cannot be forgotten, and accepts nothing before", async () => {
    const cluster = new Cluster();
    leaks.claimExpired(cluster.node(), "db");
    await cluster.start();
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
    await cluster.collect("due");
    cluster.accept();
    const line = new Line();
    line.fateOf = ({ what }) => (/^PUT .*vpcipclaims.db.status/.test(what) ? "lost-before" : "through");
    await expect(cluster.collect("due", line)).rejects.toThrow();
    expect(cluster.freezeObject()?.data?.["accept"]).toBe(cluster.world.clusterUID);
    expect((await cluster.sweep()).outcome).toBe("held-back");
  });

  test("H61 is nothing by a word that etcd was saved with, and that was used since", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    await cluster.start();
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
    await cluster.collect("due");
    cluster.accept();
    const backup = cluster.world.kubernetes.snapshot();
    await cluster.collect("due");
    expect(cluster.freezeObject()?.data).toEqual({ frozen: "false" });
    for (let runs = 0; runs < 3; runs++) await cluster.collect("due");
    const pod = startFromPool(node);
    await cluster.collect("leaks");
    cluster.world.kubernetes.restore(backup);
    cluster.allocator().kill();
    cluster.heard.clear();
    await cluster.collect("due");
    await expectFrozen(cluster, /sentinel is missing|gone back/);
    expect(cluster.has(pod.address)).toBe(true);
    cluster.accept();
    await cluster.collect("due");
    expect(cluster.freezeObject()?.data).toEqual({ frozen: "false" });
  });

  test("H61 is nothing by a word from before anybody has seen the loss; one after that is taken", async () => {
    const { cluster } = await laid();
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
    cluster.accept();
    expect((await cluster.collect("due")).frozen).toMatch(/sentinel is missing/);
    expect(cluster.freezeObject()?.data).toMatchObject({ frozen: "true" });
    expect(cluster.freezeObject()?.data).not.toHaveProperty("accept");
    cluster.accept();
    await cluster.day();
    expect(cluster.leaks).toEqual([]);
  });

  test("H61 counts on from what the mirror remembers: another state of the time before is one that has gone back", async () => {
    const { cluster } = await laid();
    const older = cluster.world.kubernetes.snapshot();
    await cluster.collect("due");
    await cluster.collect("due");
    const newer = cluster.world.kubernetes.snapshot();
    await cluster.collect("due");
    cluster.world.kubernetes.restore(older);
    await cluster.collect("due");
    cluster.accept();
    await cluster.collect("due");
    cluster.world.kubernetes.restore(newer);
    await expectFrozen(cluster, /etcd has gone back/);
  });

  test("H61 is left where it came while a run was freezing", async () => {
    const { cluster } = await lost();
    cluster.freeze({ ...cluster.freezeObject()?.data, frozen: "false" });
    cluster.when({ verb: "GET", resource: "configmaps", nth: 2 }, () => cluster.accept());
    await cluster.collect("due");
    expect(cluster.freezeObject()?.data?.["accept"]).toBe(cluster.world.clusterUID);
    await cluster.day();
    expect(cluster.leaks).toEqual([]);
  });

  test("is the state of a cluster whose mirror was lost", async () => {
    const { cluster } = await laid();
    cluster.mirror.state = undefined;
    await cluster.collect("due");
    cluster.accept();
    await cluster.day();
    expect(cluster.leaks).toEqual([]);
  });

  test("is nothing by a word for another cluster", async () => {
    const { cluster } = await lost();
    cluster.accept({ accept: "another-cluster" });
    expect((await cluster.collect("due")).frozen).toMatch(/sentinel is missing/);
    expect(cluster.freezeObject()?.data?.["frozen"]).toBe("true");
    await cluster.day();
    expect(cluster.released).toEqual([]);
  });

  test("is nothing by a thaw alone: the freeze is written down again", async () => {
    const { cluster } = await lost();
    cluster.freeze({ frozen: "false" });
    expect((await cluster.sweep()).outcome).toBe("held-back");
    expect((await cluster.collect("due")).frozen).toMatch(/sentinel is missing/);
    expect(cluster.freezeObject()?.data?.["frozen"]).toBe("true");
  });
});

describe("a new install", () => {
  test("sets itself up, open, and counts its runs in etcd and beside it", async () => {
    const cluster = new Cluster();
    cluster.node();
    await cluster.start();
    const { runs } = cluster.mirror.state ?? { runs: 0 };
    await cluster.collect("due");
    expect(cluster.mirror.state?.runs).toBe(runs + 1);
    expect(cluster.freezeObject()?.data).toEqual({ frozen: "false" });
  });

  test("keeps all in a sweep before the first collect", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    leaks.unfinishedRelease(node);
    expect((await cluster.sweep()).outcome).toBe("held-back");
  });

  test("never opens a freeze object that is there already", async () => {
    const cluster = new Cluster();
    cluster.node();
    const metadata = { name: "reclaimer-freeze", namespace: "vpcip-system" };
    cluster.world.api.lay("configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { frozen: "true" },
    });
    expect((await cluster.collect("leaks")).frozen).toBeDefined();
  });
});
