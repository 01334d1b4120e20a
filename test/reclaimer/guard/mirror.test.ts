import { describe, expect, test } from "@jest/globals";
import { clean, collect } from "../../../src/reclaimer/index.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import { lineTo } from "../../line-to.ts";
import { due, expectFrozen, laid, loseSentinel, runsInEtcd, stillInWrite } from "./laid.ts";

describe("the mirror of the run counter", () => {
  test("H61 counts on with each run", async () => {
    const { cluster } = await laid();
    const before = cluster.mirror.state?.runs ?? 0;
    await cluster.collect("due");
    await cluster.collect("leaks");
    expect(cluster.mirror.state?.runs).toBe(before + 2);
  });

  test.each(["before", "after"] as const)(
    "H31 H61 is not set back by a function that stood still %s its write while others counted on",
    async (frozen) => {
      const { cluster } = await laid();
      const { slow, hasStood } = stillInWrite(cluster, frozen);
      for (let runs = 0; runs < 5; runs++) {
        await cluster.wait(5);
        await cluster.collect("due");
      }
      const { runs = 0 } = cluster.mirror.state ?? {};
      await cluster.clock.until(slow);
      expect(hasStood()).toBe(true);
      expect(cluster.mirror.state?.runs).toBe(runs);
    },
  );

  test("H31 H61 freezes when etcd goes back while a write of a run that ended is yet on its way", async () => {
    const { cluster } = await due();
    const thaw = cluster.clock.sleep(60 * 60_000);
    const line = new Line();
    line.fateOf = ({ to, what }) => (to === "mirror" && what === "write" ? { lateFrom: thaw } : "through");
    void cluster.begin((ports) => collect(ports, cluster.settings, { kind: "due" }), line);
    await cluster.wait(1);
    await cluster.collect("due");
    const backup = cluster.world.kubernetes.snapshot();
    await cluster.collect("due");
    cluster.world.kubernetes.restore(backup);
    await cluster.wait(61);
    await expectFrozen(cluster, /etcd has gone back/);
  });

  test("H31 H61 freezes when a loss that was seen is undone, whatever a run that stood still has yet to write", async () => {
    const { cluster } = await due();
    const { slow, hasStood } = stillInWrite(cluster);
    await cluster.wait(1);
    expect(hasStood()).toBe(true);
    const backup = cluster.world.kubernetes.snapshot();
    loseSentinel(cluster);
    await cluster.collect("due");
    cluster.world.kubernetes.restore(backup);
    await cluster.clock.until(slow);
    await expectFrozen(cluster, /no person has said/);
  });

  test("H61 goes on where a run stood still in its write, and etcd did not go back", async () => {
    const { cluster } = await due();
    const { slow, hasStood } = stillInWrite(cluster);
    await cluster.collect("due");
    await cluster.clock.until(slow);
    expect(hasStood()).toBe(true);
    expect(cluster.mirror.state?.runs).toBe(runsInEtcd(cluster));
    await cluster.day();
    expect(cluster.leaks).toEqual([]);
  });

  test("H61 is written again by a run that others have overtaken with a lower count", async () => {
    const { cluster } = await laid();
    const line = new Line();
    let isOvertaken = false;
    line.fateOf = ({ to, what }) => {
      const { state } = cluster.mirror;
      if (to === "mirror" && what === "write" && !isOvertaken && state !== undefined) {
        isOvertaken = true;
        cluster.mirror.state = { ...state };
      }
      return "through";
    };
    await cluster.collect("due", line);
    expect(isOvertaken).toBe(true);
    expect(cluster.mirror.state?.runs).toBe(runsInEtcd(cluster));
  });

  test.each([
    ["a run", "due"],
    ["a clean", "clean"],
  ] as const)(
    "H31 H61 freezes when etcd goes back while %s stands still between the mirror and etcd",
    async (_who, kind) => {
      const { cluster } = await due();
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

  test("keeps all where it can't be read", async () => {
    const { cluster } = await due();
    const line = () => {
      const broken = new Line();
      broken.fateOf = ({ to }) => (to === "mirror" ? "lost-before" : "through");
      return broken;
    };
    await expect(cluster.sweep("a", {}, line())).rejects.toThrow("connection");
    await expect(cluster.collect("leaks", line())).rejects.toThrow("connection");
    expect(cluster.released).toEqual([]);
  });
});
