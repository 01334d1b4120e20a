import { describe, expect, it } from "@jest/globals";
import type { InstanceState } from "../../../src/domain/evidence.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import { planReleases } from "../../../src/domain/plan/releases.ts";
import { isLeaked } from "../../../src/domain/verdict.ts";
import {
  ago,
  claimOf,
  config as configOf,
  decided,
  evidence,
  interface_,
  inWords,
  ip,
  mark,
  node,
  pod,
  record,
  staticClaim,
  vpcIP,
  type World,
  X,
  Y,
} from "../builders.ts";

/** A record of X in a world where EC2 has X nowhere. */
const of = (world: World, spec: Parameters<typeof vpcIP>[0] = { claim: claimOf() }) =>
  decided({ interfaces: [interface_({ addresses: [] })], vpcIPs: { [X]: vpcIP(spec) }, ...world });
const proofOf = (state: InstanceState) => {
  const world = { interfaces: [], vpcIPs: { [X]: vpcIP({ claim: claimOf() }) }, instances: { "i-a": state } };
  return judge(evidence(world))[0];
};

describe("a VpcIP whose address EC2 doesn't have where it says", () => {
  it("H49 releases the record alone once its Pod is gone, by its node's report", () => {
    expect(of({})).toBe("leaked pod-gone");
    expect(proofOf("running")).toMatchObject({ gives: "record", needs: "report" });
  });

  it("releases it with its instance: terminated, or not found at two looks", () => {
    expect(proofOf("terminated")).toMatchObject({
      gives: "record",
      cause: "instance-gone",
      needs: "terminated",
    });
    expect(proofOf("not-found")).toMatchObject({ cause: "instance-gone", needs: "not-found-twice" });
  });

  it("keeps as unknown what is claimed for a Pod that lives", () => {
    expect(of({ pods: [pod()] })).toBe("unknown record-mismatch");
  });

  it("keeps as unknown what its node's pool, cooling or sandboxes have", () => {
    const entry = { address: X, interfaceID: "eni-a" };
    const sandbox = { address: X, containerID: "c", podUID: "p" };
    for (const status of [
      { pool: [entry] },
      { cooling: [{ ...entry, until: ago(0) }] },
      { inUse: [sandbox] },
    ])
      expect(of({ nodes: { "node-a": node(status) } })).toBe("unknown record-mismatch");
  });

  describe("and which its node holds on another interface", () => {
    const interfaces = [interface_({ addresses: [] }), interface_({ id: "eni-b", addresses: [X] })];
    const entry = { address: X, interfaceID: "eni-b" };
    const about = (world: World) =>
      judge(evidence({ interfaces, vpcIPs: { [X]: vpcIP({ claim: claimOf() }) }, ...world })).map(inWords);

    it("H49 H61 releases the record once its Pod is gone: its name keeps the pool's address from everybody", () => {
      for (const status of [{ pool: [entry] }, { cooling: [{ ...entry, until: ago(0) }] }]) {
        const kept = "pool" in status ? "keep pool" : "keep cooling";
        expect(about({ nodes: { "node-a": node(status) } })).toEqual([kept, "leaked pod-gone"]);
      }
    });

    it("keeps as unknown what its Pod, a sandbox, or a pool on an interface that doesn't have it speaks for", () => {
      const nodes = { "node-a": node({ pool: [entry] }) };
      expect(about({ nodes, pods: [pod()] })).toContain("unknown record-mismatch");
      const inUse = [{ address: X, containerID: "c", podUID: "p" }];
      expect(about({ nodes: { "node-a": node({ pool: [entry], inUse }) } })).toContain(
        "unknown record-mismatch",
      );
      const elsewhere = { "node-a": node({ pool: [{ ...entry, interfaceID: "eni-c" }] }) };
      expect(about({ nodes: elsewhere })).toContain("unknown record-mismatch");
    });
  });

  it("H13 keeps what its own sandbox claimed", () => {
    const inUse = [{ address: "10.0.0.99", containerID: "container-1", podUID: "pod-1" }];
    expect(of({ nodes: { "node-a": node({ inUse }) } })).toBe("keep in-use");
  });

  it("H12 keeps what names a living instance without NodeENIConfig", () => {
    expect(of({ nodes: {}, instances: { "i-a": "running" } })).toBe("keep instance-alive");
  });

  it("H66 keeps what names a stopped instance", () => {
    expect(of({ instances: { "i-a": "stopped" } })).toBe("keep instance-stopped");
  });

  it("keeps as unknown where nobody tells of its instance", () => {
    for (const state of ["unknown", "shutting-down"] as const)
      expect(of({ instances: { "i-a": state } })).toBe("unknown instance-unknown");
    expect(of({ nodes: {} })).toBe("unknown instance-unknown");
  });

  it("H10 keeps as unknown what names another node than its instance's, or an instance that two have", () => {
    const nodes = { "node-b": node() };
    expect(of({ nodes })).toBe("unknown record-mismatch");
    expect(of({ nodes: { "node-a": node(), "node-b": node() } })).toBe("unknown node-identity");
  });

  it("H20 keeps as unknown where it, or the config of its node, can't be read", () => {
    expect(of({ vpcIPs: { [X]: { known: "unreadable", why: "pruned" } } })).toBe("unknown record-unreadable");
    const config = { readable: false, name: "node-a", why: "pruned" } as const;
    expect(of({ nodes: { "node-a": node({}, { config }) } })).toBe("unknown config-unreadable");
    const { status: _none, ...object } = configOf().object;
    const young = node({}, { config: { readable: true, object } });
    expect(of({ nodes: { "node-a": young } })).toBe("unknown config-incomplete");
  });

  it("H18 keeps what a person opted out, on dead instances too", () => {
    const object = record({ claim: claimOf() }, X, { "vpcip.dev/keep": "" });
    const states = { instances: { "i-a": "terminated" } } as const;
    expect(of({ ...states, vpcIPs: { [X]: { known: "whole", object } } })).toBe("keep opt-out");
    expect(of({ ...states, pods: [pod({ keep: true })] })).toBe("keep opt-out");
  });

  it("keeps claim and record of what a static claim retains on a dead instance, and takes their place away", () => {
    const named = { claim: claimOf({ uid: "claim-1" }) };
    const { status: _lost, ...object } = staticClaim().object;
    for (const claim of [staticClaim(), { readable: true, object } as const]) {
      const world = {
        interfaces: [],
        vpcIPs: { [X]: vpcIP(named) },
        claims: { "shop/web-0": claim },
        instances: { "i-a": "terminated" },
      } as const;
      expect(judge(evidence(world))).toMatchObject([
        {
          decision: "leaked",
          cause: "instance-gone",
          gives: "record",
          needs: "terminated",
          keepsClaim: true,
        },
      ]);
    }
  });

  it("H18 keeps what a static claim may retain on a dead instance as unknown, and releases what none of that UID retains", () => {
    const states = { instances: { "i-a": "terminated" } } as const;
    const named = { claim: claimOf({ uid: "claim-1" }) };
    const whole = (world: World, spec = named) =>
      judge(evidence({ interfaces: [], vpcIPs: { [X]: vpcIP(spec) }, ...states, ...world })).map(
        (verdict) =>
          `${inWords(verdict)}${isLeaked(verdict) && verdict.keepsClaim ? ", keeps its claim" : ""}`,
      );
    expect(whole({ claims: {} })).toEqual(["leaked instance-gone"]);
    expect(whole({ claims: { "shop/web-0": staticClaim({}, { address: "10.0.9.9" }) } })).toEqual([
      "leaked instance-gone",
    ]);
    expect(
      whole({ claims: { "shop/web-0": staticClaim() } }, { claim: claimOf({ uid: "claim-0" }) }),
    ).toEqual(["leaked instance-gone"]);
    expect(whole({ claims: "not read" })).toEqual(["unknown claims-not-read"]);
    const broken = { readable: false, name: "shop/web-0", why: "pruned" } as const;
    expect(whole({ claims: { "shop/web-0": broken } })).toEqual(["unknown claim-unreadable"]);
  });
});

describe("a VpcIP with a claim that names no instance", () => {
  const nowhere = (interfaceID?: string, uid?: string) => {
    const claim = claimOf(uid === undefined ? {} : { uid });
    const { instanceID: _i, interfaceID: _n, ...spec } = record({ claim }).spec;
    const placed = interfaceID === undefined ? spec : { ...spec, interfaceID };
    return { [X]: { known: "whole", object: { ...record(), spec: placed } } } as const;
  };

  it("is kept while its Pod lives, or a static claim retains it", () => {
    expect(of({ vpcIPs: nowhere(), pods: [pod()] })).toBe("keep claimed");
    expect(of({ vpcIPs: nowhere("eni-a"), pods: [pod()] })).toBe("keep claimed");
    const claims = { "shop/web-0": staticClaim() };
    expect(of({ vpcIPs: nowhere(undefined, "claim-1"), claims })).toBe("keep retained");
  });

  describe("of a Pod that has another address on its own node", () => {
    const newer = record(
      { nodeName: "node-b", instanceID: "i-b", claim: claimOf({ containerID: "container-2" }) },
      Y,
    );
    const served = (over: Partial<Parameters<typeof pod>[0]> = {}, more: World = {}) =>
      of({
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
      expect(of({ vpcIPs: nowhere("eni-a"), nodes: { "node-a": node(status) } })).toBe(
        "unknown record-mismatch",
      );
    const inUse = [{ address: "10.0.0.99", containerID: "container-1", podUID: "pod-1" }];
    expect(of({ vpcIPs: nowhere("eni-a"), nodes: { "node-a": node({ inUse }) } })).toBe("keep in-use");
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
        of({
          vpcIPs: nowhere(),
          nodes: { "node-a": node({ inUse }) },
          instances: { "i-a": state },
        }),
      ).toBe("unknown record-mismatch");
  });

  it("is released only with a mark that is old enough, although the lease is proof enough", () => {
    const due = (leak: ReturnType<typeof mark>) => {
      const { instanceID: _i, interfaceID: _n, ...spec } = record({ claim: claimOf(), leak }).spec;
      const vpcIPs = { [X]: { known: "whole", object: { ...record(), spec } } } as const;
      const facts = evidence({ interfaces: [], vpcIPs });
      return planReleases(facts, judge(facts), { markAgeSeconds: 1800, notFoundSeconds: 3600 }).dropRecords;
    };
    expect(due(mark({ firstObservedAt: ago(1799) }))).toEqual([]);
    expect(due(mark({ firstObservedAt: ago(1800) }))).toHaveLength(1);
  });
});

describe("a VpcIP without a claim and without an address", () => {
  it("releases a mark whose address has left, and a release that is over: nothing but the lease is needed", () => {
    const release = { run: "r", interfaceID: "eni-a", time: ago(60) };
    expect(of({}, { leak: mark() })).toBe("leaked never-recorded");
    expect(of({}, { release })).toBe("leaked never-recorded");
    const world = { interfaces: [], vpcIPs: { [X]: vpcIP({ leak: mark() }) } };
    expect(judge(evidence(world))[0]).toMatchObject({ gives: "record", needs: "lease" });
  });

  it("releases the mark of an interface that is attached again: its primary is no candidate", () => {
    const primary = ip("10.0.0.1");
    const vpcIPs = { [primary]: vpcIP({ leak: mark({ scope: "Interface" }) }, primary) };
    expect(judge(evidence({ interfaces: [interface_({ addresses: [] })], vpcIPs }))).toMatchObject([
      { address: primary, decision: "leaked", gives: "record", needs: "lease" },
    ]);
  });

  it("H25 keeps a tombstone until no late request can arrive, and releases it then", () => {
    const until = (seconds: number) => ({ tombstones: [{ interfaceID: "eni-a", until: ago(seconds) }] });
    expect(of({}, until(-1))).toBe("keep tombstone");
    expect(of({}, until(0))).toBe("leaked never-recorded");
    expect(of({}, { ...until(-1), leak: mark() })).toBe("leaked never-recorded");
  });

  it("H20 keeps a name that is taken and says no more, and counts it as unknown", () => {
    expect(of({}, {})).toMatch(/^unknown record-unreadable/);
  });
});
