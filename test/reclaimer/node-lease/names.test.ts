import { describe, expect, test } from "@jest/globals";
import { givenBack, taken } from "../../../src/domain/node-lease.ts";
import type { StoredLease } from "../../../src/domain/objects/lease.ts";
import { lineTo } from "../../line-to.ts";
import type { Cluster } from "../harness.ts";
import { due } from "./due.ts";

/** Whatever was ever written to the node's lease. */
function leasesOf({ world }: Cluster): readonly StoredLease[] {
  const seen: StoredLease[] = [];
  world.kubernetes.onChange(({ resource, object }) => {
    if (resource.plural === "leases") seen.push(structuredClone(object) as unknown as StoredLease);
  });
  return seen;
}

describe("the name under which a function has the lease", () => {
  test("H24 sees two acquisitions of one function under two names", async () => {
    const { cluster } = await due();
    const holders = new Set<string>();
    cluster.world.kubernetes.onChange(({ resource, object }) => {
      const spec = object["spec"] as { holderIdentity?: string };
      if (resource.plural === "leases" && spec.holderIdentity?.startsWith("reclaimer/"))
        holders.add(spec.holderIdentity);
    });
    cluster.freeze();
    cluster.freeze({ frozen: "false" });
    cluster.cloudRefuses("UnassignPrivateIpAddresses", "RequestLimitExceeded", { status: 503, nth: 1 });
    await cluster.sweep();
    await cluster.sweep();
    expect(holders.size).toBe(2);
  });

  test("H24 tries again under another name: what it had under the first may be over, and another's since", async () => {
    const { cluster } = await due({ allocator: "cni" });
    const seen = leasesOf(cluster);
    const until = cluster.clock.sleep(5 * 60_000);
    const line = lineTo(/^PUT .*leases/, { frozen: "after", until, isBroken: true });
    const slow = cluster.beginSweep("a", line);
    await cluster.wait(2);
    const lease = cluster.lease() as StoredLease;
    expect(lease.spec.holderIdentity).toMatch(/^reclaimer/);
    const allocator = { identity: "cni/a/next", leaseSeconds: 15, time: "2026-03-02T03:00:00.000000Z" };
    cluster.world.api.replace("leases", taken(lease, allocator, true));
    cluster.world.api.replace("leases", givenBack(cluster.lease() as StoredLease));
    await cluster.clock.until(slow);
    const names = seen.map(({ spec }) => spec.holderIdentity ?? "");
    const taking = names.filter((name, at) => name.startsWith("reclaimer/") && name !== names[at - 1]);
    expect(taking).toHaveLength(2);
    expect(new Set(taking).size).toBe(2);
    expect(cluster.lease()?.spec.holderIdentity).toBe("");
  });
});
