import { describe, expect, test } from "@jest/globals";
import type { Parsed } from "../../../src/domain/objects/metadata.ts";
import { SENTINEL } from "../../../src/domain/objects/names.ts";
import type { StoredVpcIPClaim } from "../../../src/domain/objects/vpcipclaim.ts";
import { collect, sweep } from "../../../src/reclaimer/index.ts";
import type { SweepPorts } from "../../../src/reclaimer/settings.ts";
import { Cluster } from "../harness.ts";
import { messageFor } from "../invocations.ts";

/** A claim of a newer version, as the list shows it. */
const unread = { readable: false, name: "shop/db-0", why: "spec.newer" } as const;

async function withUnread(raw?: unknown) {
  const cluster = new Cluster();
  const node = cluster.node();
  node.runPod("web");
  const { address } = node.spare();
  await cluster.start();
  const claim = raw === undefined ? unread : { ...unread, raw };
  const seeing = (ports: SweepPorts): SweepPorts => ({
    ...ports,
    cluster: {
      ...ports.cluster,
      listStaticClaims: async () => [...(await ports.cluster.listStaticClaims()), claim],
    },
  });
  const mark = () => cluster.run((ports) => collect(seeing(ports), cluster.settings, { kind: "leaks" }));
  const release = () => cluster.run((ports) => sweep(seeing(ports), cluster.settings, messageFor("a")));
  return { cluster, address, mark, release };
}

describe("static claims that can't be read", () => {
  test("H20 keeps what nobody accounts for, and people are told which claims hold how much", async () => {
    const { cluster, address, mark } = await withUnread();
    await mark();
    expect(cluster.isMarked(address)).toBe(false);
    expect(cluster.heard.verdictOn(address)).toBe("unknown claim-unreadable");
    const [alarm, ...others] = cluster.heard.alarms;
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({ kind: "unknown", subject: "shop/db-0" });
    expect(alarm?.message).toMatch(/1 \(shop\/db-0\).*theirs: 1$/);
  });

  test("H20 releases the rest where the claim tells its address, and people are told all the same", async () => {
    const raw = { spec: { static: true }, status: { address: "10.0.9.9" } };
    const { cluster, address, mark, release } = await withUnread(raw);
    await mark();
    expect(cluster.heard.alarmKinds).toEqual(["unknown"]);
    await cluster.wait(31);
    await release();
    expect(cluster.has(address)).toBe(false);
  });

  test("H20 keeps in the sweep what was marked before the claim could not be read any more", async () => {
    const { cluster, address, release } = await withUnread();
    await cluster.collect("leaks");
    await cluster.wait(31);
    await release();
    expect(cluster.isMarked(address)).toBe(true);
    expect(cluster.has(address)).toBe(true);
  });

  test("H62 the sweep refuses a list of claims without its sentinel: everything keeps", async () => {
    const { cluster, address } = await withUnread();
    await cluster.collect("leaks");
    await cluster.wait(31);
    const listStaticClaims = async (ports: SweepPorts) =>
      (await ports.cluster.listStaticClaims()).filter(
        (claim) => !claim.readable || claim.object.metadata.name !== SENTINEL.claim.name,
      );
    const swept = cluster.run((ports) =>
      sweep(
        { ...ports, cluster: { ...ports.cluster, listStaticClaims: () => listStaticClaims(ports) } },
        cluster.settings,
        messageFor("a"),
      ),
    );
    await expect(swept).rejects.toThrow("lacks its sentinel");
    expect(cluster.has(address)).toBe(true);
    expect(cluster.lease()?.spec.holderIdentity ?? "").toBe("");
  });
});

describe.each([
  ["five-minute run", { kind: "due" }],
  ["run for a terminated instance", { kind: "instance-terminated", instanceID: "i-0123456789abcdef0" }],
] as const)("the lists of the %s", (_run, request) => {
  /** A run that doesn't see the sentinel among what it lists. */
  async function without(list: "listStaticClaims" | "listNodeConfigs") {
    const cluster = new Cluster();
    cluster.node().spare();
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.wait(31);
    const run = cluster.run((ports) => {
      const blind = async () =>
        (await (ports.cluster[list] as () => Promise<readonly Parsed<StoredVpcIPClaim>[]>)()).filter(
          (item) => !item.readable || !item.object.metadata.name.startsWith("sentinel"),
        );
      return collect({ ...ports, cluster: { ...ports.cluster, [list]: blind } }, cluster.settings, request);
    });
    return { cluster, run };
  }

  test("H62 are refused where the claims lack their sentinel", async () => {
    const { run } = await without("listStaticClaims");
    await expect(run).rejects.toThrow("the list of VpcIPClaims lacks its sentinel");
  });

  if (request.kind !== "due") return;
  test("H62 are refused where the NodeENIConfigs lack theirs", async () => {
    const { cluster, run } = await without("listNodeConfigs");
    await expect(run).rejects.toThrow("the list of NodeENIConfigs lacks its sentinel");
    expect(cluster.world.queue.nextVisibleAt()).toBeUndefined();
  });
});
