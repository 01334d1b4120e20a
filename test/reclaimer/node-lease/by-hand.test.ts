import { describe, expect, test } from "@jest/globals";
import { SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import { sweep } from "../../../src/reclaimer/index.ts";
import { everyFiveMinutes } from "../endings/laid.ts";
import type { Cluster } from "../harness.ts";
import { messageFor } from "../invocations.ts";
import { due, holdLease } from "./due.ts";

const TEN_YEARS = 10 * 365 * 86_400;

/** The lease's spec, as a person leaves it. */
function edit(cluster: Cluster, spec: Readonly<Record<string, unknown>>): void {
  const lease = cluster.lease();
  const metadata = { ...lease?.metadata, name: "a", namespace: SYSTEM_NAMESPACE };
  cluster.world.api.replace("leases", { ...lease, metadata, spec } as never);
}

/** Minutes until the lease is another's than that holder's, by what the schedules do; undefined: not in four hours. */
async function minutesHeld(cluster: Cluster, holder: string): Promise<number | undefined> {
  const start = cluster.clock.now();
  let end: number | undefined;
  cluster.world.kubernetes.onChange(({ resource, object }) => {
    const { holderIdentity } = (object["spec"] ?? {}) as { holderIdentity?: string };
    if (resource.plural === "leases" && holderIdentity !== holder) end ??= cluster.clock.now();
  });
  await everyFiveMinutes(cluster, 240);
  return end === undefined ? undefined : Math.round((end - start) / 60_000);
}

describe("a lease that was edited by hand", () => {
  test.each([
    ["a term of ten years", { holderIdentity: "cni/a/dead", leaseDurationSeconds: TEN_YEARS }, 60, 80],
    ["a term of half an hour", { holderIdentity: "cni/a/dead", leaseDurationSeconds: 1800 }, 30, 50],
    ["a term of a second", { holderIdentity: "cni/a/dead", leaseDurationSeconds: 1 }, 1, 10],
    ["no term and no times", { holderIdentity: "cni/a/dead" }, 1, 10],
    ["a person's text for a holder", { holderIdentity: "Jo: don't touch!", leaseDurationSeconds: 60 }, 1, 10],
    ["a name like ours for a holder", { holderIdentity: "reclaimer/jo", leaseDurationSeconds: 60 }, 1, 10],
  ])("H30 neither blocks for ever nor is taken early: %s", async (_what, spec, least, most) => {
    const { cluster, leaked } = await due({ allocator: "cni" });
    edit(cluster, spec);
    const held = await minutesHeld(cluster, spec.holderIdentity);
    expect(held).toBeGreaterThanOrEqual(least);
    expect(held).toBeLessThanOrEqual(most);
    expect(cluster.has(leaked)).toBe(false);
    expect(cluster.world.queue.messages()).toEqual([]);
  });

  test.each([1, 59])(
    "H32 keeps a term of %s s for a minute, for its holder may have meant a minute",
    async (seconds) => {
      const { cluster } = await due({ allocator: "cni" });
      holdLease(cluster, "cni/a/lives", seconds);
      await cluster.sweep();
      const [again] = cluster.world.queue.messages().map(({ body }) => JSON.parse(body));
      expect(again.delaySeconds).toBeGreaterThanOrEqual(60);
      await cluster.sweep("a", { ...again, delaySeconds: 59 });
      expect(cluster.lease()?.spec.holderIdentity).toBe("cni/a/lives");
      await cluster.sweep("a", again);
      expect(cluster.lease()?.spec.holderIdentity).toBe("");
    },
  );

  test("H30 a longer term than the queue can hold back is added up over deliveries, and starts again with each change", async () => {
    const { cluster } = await due({ allocator: "cni" });
    const hold = holdLease(cluster, "cni/a/slow", 1500);
    const next = () => {
      const bodies = cluster.world.queue.messages().map(({ body }) => JSON.parse(body));
      return bodies.at(-1);
    };
    await cluster.sweep();
    expect(next()).toMatchObject({ delaySeconds: 900, unchangedSeconds: 0, resent: 1 });
    await cluster.sweep("a", next());
    expect(next()).toMatchObject({ delaySeconds: 601, unchangedSeconds: 900, resent: 2 });
    const last = next();
    cluster.clock.advance(1000);
    hold.renew();
    await cluster.sweep("a", last);
    expect(cluster.lease()?.spec.holderIdentity).toBe("cni/a/slow");
    expect(next()).toMatchObject({ delaySeconds: 900, unchangedSeconds: 0, resent: 3 });
  });
});

describe("a node whose lease is never to be had", () => {
  /** What a day of the schedules brings, while somebody renews the lease before each look at it. */
  async function dayOf(cluster: Cluster, holder: string) {
    const hold = holdLease(cluster, holder, 60);
    cluster.heard.clear();
    for (let hours = 0; hours < 24; hours++) {
      for (let passed = 0; passed < 60; passed += 5) {
        await cluster.wait(5);
        await cluster.collect("due");
        await drainRenewing(cluster, hold);
      }
    }
  }

  /** As {@link Cluster.drain}, and the holder renews before each message. */
  async function drainRenewing(cluster: Cluster, hold: { renew(): void }): Promise<void> {
    const { queue } = cluster.world;
    for (;;) {
      const [message] = queue.receive(1);
      if (message === undefined) return;
      hold.renew();
      await cluster.run((ports) => sweep(ports, cluster.settings, JSON.parse(message.body)));
      queue.delete(message.receiptHandle ?? "");
    }
  }

  test("H72 of an ipamd that renews, and whose Node is gone: it is kept, and people are told", async () => {
    const { cluster, node, leaked } = await due();
    cluster.allocator().kill();
    node.removeNodeObject();
    await dayOf(cluster, "ipamd/a/renews");
    expect(cluster.heard.alarmKinds).toContain("allocator-silent");
    expect(cluster.heard.counts.get("SweepBusy") ?? 0).toBeLessThan(20);
    expect(cluster.world.queue.messages()).toEqual([]);
    expect(cluster.has(leaked)).toBe(true);
  }, 30_000);

  test("H72 of a reclaimer that never ends: it is kept, put off, and people are told", async () => {
    const { cluster, leaked } = await due();
    await dayOf(cluster, "reclaimer/other/1");
    expect(cluster.heard.alarmKinds).toContain("item-failed");
    expect(new Set(cluster.heard.alarmKinds).size).toBe(1);
    expect(cluster.heard.counts.get("SweepBusy") ?? 0).toBeLessThan(400);
    expect(cluster.has(leaked)).toBe(true);
  }, 60_000);

  test("H72 of one that can't be read: it is kept, and people are told after three tries", async () => {
    const { cluster, leaked } = await due();
    const outcomes: unknown[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const get = async () =>
        ({ found: true, object: { readable: false, name: "a", why: "newer" } }) as const;
      const swept = await cluster.run((ports) =>
        sweep({ ...ports, leases: { ...ports.leases, get } }, cluster.settings, {
          ...messageFor("a"),
          attempt,
        }),
      );
      outcomes.push(swept?.outcome);
    }
    expect(outcomes).toEqual(["sent-again", "sent-again", "gave-up"]);
    expect(cluster.heard.alarmKinds).toEqual(["allocator-silent"]);
    expect(cluster.has(leaked)).toBe(true);
  });

  test("H52 EC2 throttles for a day: the node is paused less and less often, people are told, and it ends with the throttling", async () => {
    const { cluster, leaked } = await due();
    const fault = cluster.cloudRefuses("UnassignPrivateIpAddresses", "RequestLimitExceeded", { status: 503 });
    await everyFiveMinutes(cluster, 24 * 60);
    expect(cluster.heard.pauses.length).toBeLessThan(100);
    expect(cluster.heard.alarmKinds).toContain("item-failed");
    expect(cluster.has(leaked)).toBe(true);
    fault.remove();
    await cluster.clean({ minimumAgeSeconds: 60 });
    expect(cluster.has(leaked)).toBe(false);
  }, 60_000);
});
