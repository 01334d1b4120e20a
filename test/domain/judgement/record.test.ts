import { describe, expect, it } from "@jest/globals";
import type { InstanceState } from "../../../src/domain/evidence.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import { isLeaked } from "../../../src/domain/verdict.ts";
import {
  ago,
  claimOf,
  config as configOf,
  evidence,
  interface_,
  inWords,
  node,
  pod,
  record,
  staticClaim,
  vpcIP,
  type World,
  X,
  Y,
} from "../builders.ts";
import { absent } from "./absent.ts";

const proofOf = (state: InstanceState) => {
  const world = { interfaces: [], vpcIPs: { [X]: vpcIP({ claim: claimOf() }) }, instances: { "i-a": state } };
  return judge(evidence(world))[0];
};

describe("a VpcIP whose address EC2 doesn't have where it says", () => {
  it("H49 releases the record alone once its Pod is gone, by its node's report", () => {
    expect(absent({})).toBe("leaked pod-gone");
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
    expect(absent({ pods: [pod()] })).toBe("unknown record-mismatch");
  });

  it("H49 releases the record of a Pod that has another address on another node", () => {
    const there = record({ nodeName: "node-b", claim: claimOf({ containerID: "container-2" }) }, Y);
    const vpcIPs = { [X]: vpcIP({ claim: claimOf() }), [Y]: { known: "whole", object: there } } as const;
    const about = (nodeName: string) => absent({ vpcIPs, pods: [pod({ nodeName, addresses: [Y] })] });
    expect(about("node-b")).toBe("leaked sandbox-replaced");
    expect(about("node-a")).toBe("unknown record-mismatch");
  });

  it("keeps as unknown what its node's pool, cooling or sandboxes have", () => {
    const entry = { address: X, interfaceID: "eni-a" };
    const sandbox = { address: X, containerID: "c", podUID: "p" };
    for (const status of [
      { pool: [entry] },
      { cooling: [{ ...entry, until: ago(0) }] },
      { inUse: [sandbox] },
    ])
      expect(absent({ nodes: { "node-a": node(status) } })).toBe("unknown record-mismatch");
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
    expect(absent({ nodes: { "node-a": node({ inUse }) } })).toBe("keep in-use");
  });

  it("H12 keeps what names a living instance without NodeENIConfig", () => {
    expect(absent({ nodes: {}, instances: { "i-a": "running" } })).toBe("keep instance-alive");
  });

  it("H66 keeps what names a stopped instance", () => {
    expect(absent({ instances: { "i-a": "stopped" } })).toBe("keep instance-stopped");
  });

  it("keeps as unknown where nobody tells of its instance", () => {
    for (const state of ["unknown", "shutting-down"] as const)
      expect(absent({ instances: { "i-a": state } })).toBe("unknown instance-unknown");
    expect(absent({ nodes: {} })).toBe("unknown instance-unknown");
  });

  it("H10 keeps as unknown what names another node than its instance's, or an instance that two have", () => {
    const nodes = { "node-b": node() };
    expect(absent({ nodes })).toBe("unknown record-mismatch");
    expect(absent({ nodes: { "node-a": node(), "node-b": node() } })).toBe("unknown node-identity");
  });

  it("H20 keeps as unknown where it, or the config of its node, can't be read", () => {
    expect(absent({ vpcIPs: { [X]: { known: "unreadable", why: "pruned" } } })).toBe(
      "unknown record-unreadable",
    );
    const config = { readable: false, name: "node-a", why: "pruned" } as const;
    expect(absent({ nodes: { "node-a": node({}, { config }) } })).toBe("unknown config-unreadable");
    const { status: _none, ...object } = configOf().object;
    const young = node({}, { config: { readable: true, object } });
    expect(absent({ nodes: { "node-a": young } })).toBe("unknown config-incomplete");
  });

  it("H18 keeps what a person opted out, on dead instances too", () => {
    const object = record({ claim: claimOf() }, X, { "vpcip.dev/keep": "" });
    const states = { instances: { "i-a": "terminated" } } as const;
    expect(absent({ ...states, vpcIPs: { [X]: { known: "whole", object } } })).toBe("keep opt-out");
    expect(absent({ ...states, pods: [pod({ keep: true })] })).toBe("keep opt-out");
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
