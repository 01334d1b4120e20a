import { describe, expect, test } from "@jest/globals";
import { SENTINEL } from "../../../src/domain/objects/names.ts";
import { Cluster } from "../harness.ts";

const RUNS = ["due", "leaks", "due"] as const;

/** What people are told by each of these runs. */
async function alarmsOf(cluster: Cluster): Promise<readonly (readonly string[])[]> {
  const told: (readonly string[])[] = [];
  for (const kind of RUNS) {
    cluster.heard.clear();
    await cluster.wait(5);
    await cluster.collect(kind);
    told.push([...cluster.heard.alarmKinds, `Frozen ${cluster.heard.counts.get("Frozen") ?? 0}`]);
  }
  return told;
}

describe("people are told at every run", () => {
  test("H61 that memory was lost, also after a restore that makes etcd what the mirror remembers, until their word", async () => {
    const cluster = new Cluster();
    cluster.node();
    await cluster.start();
    const backup = cluster.world.kubernetes.snapshot();
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", SENTINEL.vpcIP);
    const lost = RUNS.map(() => ["lost-memory", "Frozen 1"]);
    expect(await alarmsOf(cluster)).toEqual(lost);
    cluster.world.kubernetes.restore(backup);
    expect(await alarmsOf(cluster)).toEqual(lost);
    cluster.accept();
    expect(await alarmsOf(cluster)).toEqual(RUNS.map(() => ["Frozen 0"]));
  });

  test("H29 that a freeze is on, until they thaw", async () => {
    const cluster = new Cluster();
    cluster.node();
    await cluster.start();
    cluster.freeze();
    expect(await alarmsOf(cluster)).toEqual(RUNS.map(() => ["frozen", "Frozen 1"]));
    cluster.freeze({ frozen: "false" });
    expect(await alarmsOf(cluster)).toEqual(RUNS.map(() => ["Frozen 0"]));
  });
});
