import { describe, expect, test } from "@jest/globals";
import { ANNOTATION, SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import { sweep } from "../../../src/reclaimer/index.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import { leakDue } from "../endings/laid.ts";
import { startFromPool } from "../happenings.ts";
import type { Cluster } from "../harness.ts";
import { messageFor } from "../invocations.ts";

/** An allocator has taken the lease over, whatever the reclaimer's clock says. */
function takeOver(cluster: Cluster): void {
  const lease = cluster.lease();
  const holderIdentity = "cni/a/next";
  const annotations = { ...lease?.metadata.annotations, [ANNOTATION.lastAllocator]: holderIdentity };
  const metadata = { ...lease?.metadata, name: "a", namespace: SYSTEM_NAMESPACE, annotations };
  cluster.world.api.replace("leases", {
    ...lease,
    metadata,
    spec: { ...lease?.spec, holderIdentity },
  } as never);
}

/** A sweep in which the lease is taken over before a call of this kind, by whoever then starts a Pod on the leaked address. */
async function sweptWhile(what: RegExp, nth: number) {
  const laid = await leakDue({ allocator: "cni" });
  const { cluster, node, address, interfaceID } = laid;
  const line = new Line();
  let seen = 0;
  line.fateOf = (crossing) => {
    if (what.test(crossing.what) && ++seen === nth) {
      takeOver(cluster);
      cluster.world.kubernetes.erase("vpcips.vpcip.dev", address);
      node.updateStatus((status) => ({
        ...status,
        pool: [{ address, interfaceID }, ...(status.pool ?? [])],
      }));
      startFromPool(node);
    }
    return "through";
  };
  const { sweepEpoch } = node.status;
  const swept = await cluster.run((ports) => sweep(ports, cluster.settings, messageFor("a")), line);
  return { ...laid, swept, seen, sweepEpoch };
}

describe("a lease that is taken over while everything is read again", () => {
  test.each([
    ["before EC2 is asked", /^DescribeNetworkInterfaces/, 1],
    ["before the Pods are listed", /^GET .*\/pods\?/, 1],
  ] as const)(
    "H21 is seen, whatever the own clock says: nothing is sent, nothing is moved on (%s)",
    async (_when, what, nth) => {
      const { cluster, node, address, swept, seen, sweepEpoch } = await sweptWhile(what, nth);
      expect(seen).toBeGreaterThanOrEqual(nth);
      expect(swept?.outcome).toBe("sent-again");
      expect(cluster.has(address)).toBe(true);
      expect(node.status.sweepEpoch).toBe(sweepEpoch);
      expect(cluster.lease()?.spec.holderIdentity).toBe("cni/a/next");
      expect(cluster.wrong).toEqual([]);
    },
  );
});
