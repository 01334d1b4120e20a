/** H32: clocks of functions, API server and nodes that are minutes apart, either way. */
import { describe, expect, test } from "@jest/globals";
import { createDaemonless, DEFAULT_AGENT_SETTINGS } from "../../src/agent/index.ts";
import { SYSTEM_NAMESPACE } from "../../src/domain/objects/names.ts";
import type { StoredVpcIPClaim } from "../../src/domain/objects/vpcipclaim.ts";
import { collect, sweep } from "../../src/reclaimer/index.ts";
import { inProcessAgentPorts, Line, LockFile, machineOf } from "../../src/sandbox/in-process/index.ts";
import * as leaks from "../../src/sandbox/scenarios/leaks.ts";
import { laid as agentLaid } from "../agent/laid.ts";
import type { Cluster } from "../reclaimer/harness.ts";
import { messageFor } from "../reclaimer/invocations.ts";
import { due, holdLease } from "../reclaimer/node-lease/due.ts";
import { lineTo, due as oneLeak, UNASSIGN } from "../reclaimer/sweep/one-leak.ts";
import { laidWith } from "./laid.ts";

const MINUTES = [-10, 10];
const skewed = (minutes: number) => minutes * 60_000;

const marking = (cluster: Cluster, minutes: number) =>
  cluster.run((ports) => collect(ports, cluster.settings, { kind: "leaks" }), new Line(), skewed(minutes));
const sweeping = (cluster: Cluster, minutes: number, line = new Line()) =>
  cluster.run((ports) => sweep(ports, cluster.settings, messageFor("a")), line, skewed(minutes));

describe.each(MINUTES)("H32 a function whose clock is %i minutes ahead", (minutes) => {
  test("notes a static Pod's absence, and ends its claim, by the API server's time: not early, not late", async () => {
    const { cluster, laid } = await laidWith((on) => {
      const place = on.spare();
      const spec = { static: true, reclaimPolicy: "AfterExpiry", expireAfter: "1h" };
      const uid = leaks.layClaim(on, "db", place.address, { spec });
      const claim = { namespace: "default", name: "db", uid, podUID: "uid-of-db", containerID: "was-db" };
      on.layRecord(place, { claim });
      return place.address;
    });
    await marking(cluster, minutes);
    const noted = cluster.world.api.get<StoredVpcIPClaim>("vpcipclaims", {
      namespace: "default",
      name: "db",
    });
    const { detachedAt = "" } = noted?.status ?? {};
    expect(Math.abs(Date.parse(detachedAt) - cluster.clock.now())).toBeLessThan(2_000);
    await cluster.wait(58);
    await marking(cluster, minutes);
    expect(cluster.isMarked(laid)).toBe(false);
    await cluster.wait(3);
    await marking(cluster, minutes);
    expect(cluster.isMarked(laid)).toBe(true);
  });

  test("marks with the API server's time, so that another function ages the mark alike", async () => {
    const { cluster, leaked } = await laidWith(() => undefined);
    await marking(cluster, minutes);
    const { firstObservedAt = "" } = cluster.record(leaked)?.spec.leak ?? {};
    expect(Math.abs(Date.parse(firstObservedAt) - cluster.clock.now())).toBeLessThan(2_000);
    await cluster.dueRun(28);
    expect(cluster.has(leaked)).toBe(true);
    await cluster.dueRun(3);
    expect(cluster.has(leaked)).toBe(false);
  });

  test("doesn't take over a lease that is renewed, nor release under its own", async () => {
    const { cluster, leaked } = await due({ allocator: "cni" });
    const hold = holdLease(cluster, "cni/a/lives", 60);
    for (let tries = 0; tries < 3; tries++) {
      expect((await sweeping(cluster, minutes))?.outcome).toBe("sent-again");
      expect(cluster.lease()?.spec.holderIdentity).toBe("cni/a/lives");
      await cluster.wait(0.9);
      hold.renew();
    }
    expect(cluster.has(leaked)).toBe(true);
  });

  test("ends no tombstone early", async () => {
    const { cluster, address } = await oneLeak();
    await cluster.sweep("a", {}, lineTo(UNASSIGN, "lost-after"));
    await cluster.dueRun(5);
    for (let passed = 10; passed < 35; passed += 5) {
      await cluster.wait(5);
      await sweeping(cluster, minutes);
      expect([passed, cluster.record(address)?.spec.tombstones?.length]).toEqual([passed, 1]);
    }
    await cluster.wait(7);
    await sweeping(cluster, minutes);
    expect(cluster.record(address)).toBeUndefined();
  });
});

describe.each(MINUTES)("H32 a node whose clock is %i minutes ahead", (minutes) => {
  test("waits for a reclaimer's lease as long as it stands, no longer, and cools down by the API server's time", async () => {
    const { cluster, agent } = await agentLaid({ allocator: "cni", secondaries: 4 });
    await agent.address("first");
    const { world } = cluster;
    const file = new LockFile();
    const call = () => {
      const line = new Line();
      const skewMilliseconds = skewed(minutes);
      const ports = inProcessAgentPorts(world, machineOf(agent.node), { line, skewMilliseconds });
      const lock = file.seenBy(line, ports.clock);
      return createDaemonless(ports, DEFAULT_AGENT_SETTINGS, lock);
    };
    const hold = () => {
      const lease = cluster.lease();
      const time = world.timestamp().replace("Z", "000Z");
      const term = { leaseDurationSeconds: 60, acquireTime: time, renewTime: time };
      world.api.replace("leases", {
        ...lease,
        metadata: { ...lease?.metadata, name: "a", namespace: SYSTEM_NAMESPACE },
        spec: { ...lease?.spec, ...term, holderIdentity: "reclaimer/living/1" },
      });
    };
    const request = agent.request("web");
    let heldAt = 0;
    for (let tries = 0; tries < 3; tries++) {
      hold();
      heldAt = cluster.clock.now();
      expect(await cluster.clock.until(call().add(request))).toMatchObject({ kind: "again" });
      expect(cluster.lease()?.spec.holderIdentity).toBe("reclaimer/living/1");
      await cluster.wait(0.4);
    }
    // The reclaimer is dead since it held it last.
    expect(await cluster.clock.until(call().add(request))).toMatchObject({ kind: "added" });
    expect(cluster.clock.now() - heldAt).toBeGreaterThanOrEqual(60_000);
    expect(cluster.clock.now() - heldAt).toBeLessThan(62_000);
    expect(await cluster.clock.until(call().del(request.containerID))).toBe("done");
    const [cooling] = agent.status.cooling ?? [];
    const seconds = (Date.parse(cooling?.until ?? "") - cluster.clock.now()) / 1000;
    expect(Math.abs(seconds - DEFAULT_AGENT_SETTINGS.coolingSeconds)).toBeLessThan(2);
    expect(cluster.misdeeds).toEqual([]);
  });
});
