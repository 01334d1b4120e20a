import { describe, expect, test } from "@jest/globals";
import type { StoredVpcIPClaim } from "../../../src/domain/objects/vpcipclaim.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { everyFiveMinutes } from "../endings/laid.ts";
import { startFromPool } from "../happenings.ts";
import { Cluster } from "../harness.ts";
import { expectFrozen, laid, loseSentinel } from "./laid.ts";

describe("accepted by hand", () => {
  async function lost() {
    const { cluster, node } = await laid();
    loseSentinel(cluster);
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
    loseSentinel(cluster);
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
    loseSentinel(cluster);
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
    loseSentinel(cluster);
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
    loseSentinel(cluster);
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
