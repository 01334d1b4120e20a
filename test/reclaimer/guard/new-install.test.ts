import { describe, expect, test } from "@jest/globals";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";

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
