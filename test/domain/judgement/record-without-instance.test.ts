import { describe, expect, it } from "@jest/globals";
import type { InstanceState } from "../../../src/domain/evidence.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import { planReleases } from "../../../src/domain/plan/releases.ts";
import {
  ago,
  claimOf,
  evidence,
  interface_,
  mark,
  node,
  pod,
  record,
  staticClaim,
  type World,
  waiting,
  X,
  Y,
} from "../builders.ts";
import { absent } from "./absent.ts";

describe("a VpcIP with a claim that names no instance", () => {
  const nowhere = (interfaceID?: string, uid?: string) => {
    const claim = claimOf(uid === undefined ? {} : { uid });
    const place = interfaceID === undefined ? {} : { interfaceID };
    return { [X]: waiting({ claim, ...place }) };
  };

  it("is kept while its Pod lives, or a static claim retains it", () => {
    expect(absent({ vpcIPs: nowhere(), pods: [pod()] })).toBe("keep claimed");
    expect(absent({ vpcIPs: nowhere("eni-a"), pods: [pod()] })).toBe("keep claimed");
    const claims = { "shop/web-0": staticClaim() };
    expect(absent({ vpcIPs: nowhere(undefined, "claim-1"), claims })).toBe("keep retained");
  });

  describe("of a Pod that has another address on its own node", () => {
    const newer = record(
      { nodeName: "node-b", instanceID: "i-b", claim: claimOf({ containerID: "container-2" }) },
      Y,
    );
    const served = (over: Partial<Parameters<typeof pod>[0]> = {}, more: World = {}) =>
      absent({
        vpcIPs: { ...nowhere(), [Y]: { known: "whole", object: newer } },
        pods: [pod({ nodeName: "node-b", addresses: [Y], ...over })],
        ...more,
      });

    it("H49 goes under its lease alone, also where its node is gone", () => {
      expect(served()).toBe("leaked sandbox-replaced");
      expect(served({}, { nodes: {} })).toBe("leaked sandbox-replaced");
    });

    it("is kept where the Pod shows it, or nothing yet, or is of the record's node, or opted out", () => {
      expect(served({ addresses: [X, Y] })).toBe("keep claimed");
      expect(served({ addresses: [] })).toBe("keep claimed");
      expect(served({ nodeName: "node-a" })).toBe("keep claimed");
      expect(served({ keep: true })).toBe("keep opt-out");
    });

    it("is kept where the other address is recorded for nobody, or for this very sandbox", () => {
      const vpcIPs = nowhere();
      expect(served({}, { vpcIPs })).toBe("keep claimed");
      const same = record({ claim: claimOf() }, Y);
      expect(served({}, { vpcIPs: { ...vpcIPs, [Y]: { known: "whole", object: same } } })).toBe(
        "keep claimed",
      );
    });

    it("is kept where it names an interface, or its node has the address", () => {
      const vpcIPs = { ...nowhere("eni-a"), [Y]: { known: "whole", object: newer } } as const;
      expect(served({}, { vpcIPs })).toBe("keep claimed");
      const inUse = [{ address: X, containerID: "container-1", podUID: "pod-1" }];
      expect(served({}, { nodes: { "node-a": node({ inUse }) } })).toBe("unknown record-mismatch");
    });
  });

  it("H49 goes with its claim: by its node's report where it names an interface, else under its lease alone", () => {
    const proof = (world: World) =>
      judge(evidence({ interfaces: [interface_({ addresses: [] })], ...world }))[0];
    expect(proof({ vpcIPs: nowhere() })).toMatchObject({
      cause: "pod-gone",
      gives: "record",
      needs: "lease",
    });
    expect(proof({ vpcIPs: nowhere("eni-a") })).toMatchObject({ gives: "record", needs: "report" });
    expect(proof({ vpcIPs: nowhere("eni-a"), nodes: {} })).toMatchObject({ needs: "lease" });
    expect(proof({ vpcIPs: nowhere(undefined, "claim-1"), claims: {} })).toMatchObject({
      cause: "claim-gone",
    });
  });

  it("keeps as unknown what its node holds, and keeps what its own sandbox has", () => {
    const pool = [{ address: X, interfaceID: "eni-a" }];
    for (const status of [{ pool }, { inUse: [{ address: X, containerID: "c", podUID: "p" }] }])
      expect(absent({ vpcIPs: nowhere("eni-a"), nodes: { "node-a": node(status) } })).toBe(
        "unknown record-mismatch",
      );
    const inUse = [{ address: "10.0.0.99", containerID: "container-1", podUID: "pod-1" }];
    expect(absent({ vpcIPs: nowhere("eni-a"), nodes: { "node-a": node({ inUse }) } })).toBe("keep in-use");
  });

  it("H49 goes although the config of its dead node lists it still: that instance is proved dead, and holds nothing", () => {
    const status = { pool: [{ address: X, interfaceID: "eni-a" }] };
    const proof = (state: InstanceState) =>
      judge(
        evidence({
          interfaces: [],
          vpcIPs: nowhere(undefined, "claim-1"),
          claims: {},
          nodes: { "node-a": node(status) },
          instances: { "i-a": state },
        }),
      )[0];
    expect(proof("terminated")).toMatchObject({ cause: "claim-gone", gives: "record", needs: "terminated" });
    expect(proof("not-found")).toMatchObject({ cause: "instance-gone", needs: "not-found-twice" });
  });

  it("H66 keeps it as unknown while that instance runs, or is stopped", () => {
    const inUse = [{ address: X, containerID: "c", podUID: "p" }];
    for (const state of ["running", "stopped", "unknown"] as const)
      expect(
        absent({
          vpcIPs: nowhere(),
          nodes: { "node-a": node({ inUse }) },
          instances: { "i-a": state },
        }),
      ).toBe("unknown record-mismatch");
  });

  it("is released only with a mark that is old enough, although the lease is proof enough", () => {
    const due = (leak: ReturnType<typeof mark>) => {
      const vpcIPs = { [X]: waiting({ claim: claimOf(), leak }) };
      const facts = evidence({ interfaces: [], vpcIPs });
      return planReleases(facts, judge(facts), { markAgeSeconds: 1800, notFoundSeconds: 3600 }).dropRecords;
    };
    expect(due(mark({ firstObservedAt: ago(1799) }))).toEqual([]);
    expect(due(mark({ firstObservedAt: ago(1800) }))).toHaveLength(1);
  });
});
