import { describe, expect, it } from "@jest/globals";
import {
  ago,
  claimOf,
  decided,
  evidence,
  interface_,
  mark,
  node,
  pod,
  record,
  unreportedNode,
  vpcIP,
  X,
  Y,
} from "../builders.ts";

const claimed = vpcIP({ claim: claimOf() });
const held = { address: X, interfaceID: "eni-a" };
const sandbox = { address: X, containerID: "container-1", podUID: "pod-1" };
const refill = { id: "r1", interfaceID: "eni-a", count: 4 };

describe("an address on a living node of ours", () => {
  it("H40 releases what nothing accounts for", () => {
    expect(decided({})).toBe("leaked never-recorded");
  });

  it("H18 keeps what a VpcIP claims for a Pod that lives, also before its status shows an address (H02)", () => {
    expect(decided({ vpcIPs: { [X]: claimed }, pods: [pod()] })).toBe("keep claimed");
  });

  it("H03 keeps what is claimed for a Pod whose status shows another address only", () => {
    expect(decided({ vpcIPs: { [X]: claimed }, pods: [pod({ addresses: [Y] })] })).toBe("keep claimed");
  });

  it("H14 keeps what is claimed for a Pod that is terminating", () => {
    expect(decided({ vpcIPs: { [X]: claimed }, pods: [pod({ terminating: true })] })).toBe("keep claimed");
  });

  it("keeps what is claimed for a Pod that only a metadata list shows", () => {
    expect(decided({ vpcIPs: { [X]: claimed }, livePodUIDs: new Set(["pod-1"]) })).toBe("keep claimed");
  });

  it("releases what was claimed for a Pod that is gone", () => {
    expect(decided({ vpcIPs: { [X]: claimed } })).toBe("leaked pod-gone");
    expect(decided({ vpcIPs: { [X]: claimed }, livePodUIDs: new Set(["pod-9"]) })).toBe("leaked pod-gone");
  });

  it("H04 releases what was claimed for the old Pod of a name, and keeps what the new one has", () => {
    const pods = [pod({ uid: "pod-2", addresses: [Y] })];
    const vpcIPs = { [X]: claimed, [Y]: vpcIP({ claim: claimOf({ podUID: "pod-2" }) }, Y) };
    const world = { vpcIPs, pods, interfaces: [interface_({ addresses: [X, Y] })] };
    expect(decided(world, X)).toBe("leaked pod-gone");
    expect(decided(world, Y)).toBe("keep claimed");
  });

  it("H44 releases what a finished Pod had, whatever its status still shows (H15)", () => {
    const pods = [pod({ finished: true, addresses: [X] })];
    expect(decided({ vpcIPs: { [X]: claimed }, pods })).toBe("leaked pod-finished");
  });

  it("H15 keeps what is claimed for a Pod whose address blinks to empty", () => {
    expect(decided({ vpcIPs: { [X]: claimed }, pods: [pod({ addresses: [] })] })).toBe("keep claimed");
  });

  it("H13 keeps what a live sandbox has, by its report, though the Pod is gone from the API", () => {
    const nodes = { "node-a": node({ inUse: [sandbox] }) };
    expect(decided({ vpcIPs: { [X]: claimed }, nodes })).toBe("keep in-use");
    expect(decided({ nodes })).toBe("keep in-use");
  });

  it("H13 keeps what a claim's own sandbox claimed, though the report shows it with another address", () => {
    const nodes = { "node-a": node({ inUse: [{ ...sandbox, address: Y }] }) };
    expect(decided({ vpcIPs: { [X]: claimed }, nodes })).toBe("keep in-use");
  });

  it("H19 keeps what a live sandbox has, however the report spells it", () => {
    const inUse = [{ ...sandbox, address: "010.0.0.010" }];
    expect(decided({ nodes: { "node-a": node({ inUse }) } })).toBe("keep in-use");
  });

  it("releases what only an old report shows in use: it proves nothing, either way", () => {
    const nodes = { "node-a": unreportedNode({ inUse: [sandbox] }) };
    expect(decided({ nodes })).toBe("leaked never-recorded");
    expect(decided({ nodes, vpcIPs: { [X]: claimed } })).toBe("leaked pod-gone");
  });

  it("H43 releases what a container of another Pod's claim had", () => {
    const inUse = [{ address: Y, containerID: "container-2", podUID: "pod-2" }];
    expect(decided({ vpcIPs: { [X]: claimed }, nodes: { "node-a": node({ inUse }) } })).toBe(
      "leaked pod-gone",
    );
  });

  it("keeps what is in the pool, and what is cooling", () => {
    expect(decided({ nodes: { "node-a": node({ pool: [held] }) } })).toBe("keep pool");
    const cooling = [{ ...held, until: ago(-30) }];
    expect(decided({ nodes: { "node-a": node({ cooling }) } })).toBe("keep cooling");
  });

  it("H19 keeps what the pool spells with leading zeros, and releases what only looks like it", () => {
    const pool = (address: string) => ({ nodes: { "node-a": node({ pool: [{ ...held, address }] }) } });
    expect(decided(pool("010.0.0.010"))).toBe("keep pool");
    expect(decided(pool("10.0.0.1"))).toBe("leaked never-recorded");
    expect(decided(pool("10.0.0.100"))).toBe("leaked never-recorded");
  });

  it("keeps what its own node's pool names, also on another interface", () => {
    const pool = [{ address: X, interfaceID: "eni-b" }];
    expect(decided({ nodes: { "node-a": node({ pool }) } })).toBe("keep pool");
  });

  it("keeps what another node's pool names on this very interface", () => {
    const nodes = { "node-a": node(), "node-b": node({ instanceID: "i-b", pool: [held] }) };
    expect(decided({ nodes })).toBe("keep pool");
  });

  it("releases what another node's pool names on another interface", () => {
    const pool = [{ address: X, interfaceID: "eni-b" }];
    const nodes = { "node-a": node(), "node-b": node({ instanceID: "i-b", pool }) };
    expect(decided({ nodes })).toBe("leaked never-recorded");
  });

  it("keeps what a living Pod's status shows, though nothing else does", () => {
    expect(decided({ pods: [pod({ addresses: [X] })] })).toBe("keep pod-status");
    expect(decided({ pods: [pod({ addresses: [X] })], vpcIPs: { [X]: vpcIP({ leak: mark() }) } })).toBe(
      "keep pod-status",
    );
  });

  it("H17 releases by evidence alone where no Pod is listed: the breaker is what stops that", () => {
    expect(decided({ vpcIPs: { [X]: claimed }, pods: [] })).toBe("leaked pod-gone");
  });

  it("H16 keeps what a young refill may have assigned, and releases what a given-up one left", () => {
    const world = (seconds: number) => ({
      nodes: { "node-a": unreportedNode({ refills: [{ ...refill, startedAt: ago(seconds) }] }) },
    });
    expect(decided(world(599))).toBe("keep refill");
    expect(decided(world(-60))).toBe("keep refill");
    expect(decided(world(600))).toBe("leaked never-recorded");
  });

  it("releases on an interface that no refill is about, and under the lease, where the bump ends refills", () => {
    const startedAt = ago(5);
    const elsewhere = [{ ...refill, interfaceID: "eni-b", startedAt }];
    expect(decided({ nodes: { "node-a": unreportedNode({ refills: elsewhere }) } })).toBe(
      "leaked never-recorded",
    );
    expect(decided({ nodes: { "node-a": node({ refills: [{ ...refill, startedAt }] }) } })).toBe(
      "leaked never-recorded",
    );
  });

  it("H20 keeps what a VpcIP names without saying who claims it, and counts it as unknown", () => {
    expect(decided({ vpcIPs: { [X]: vpcIP() } })).toMatch(/^unknown record-unreadable/);
  });

  it("H02 keeps what a VpcIP claims before it names an interface", () => {
    const { interfaceID: _none, ...spec } = record({ claim: claimOf() }).spec;
    const bare = { known: "whole", object: { ...record(), spec } } as const;
    expect(decided({ vpcIPs: { [X]: bare }, instances: { "i-a": "running" } })).toMatch(/^keep attaching/);
  });

  it("releases what is marked, intended or buried, and claimed by nobody", () => {
    const release = { run: "r", interfaceID: "eni-a", time: ago(60) };
    const tombstones = [{ interfaceID: "eni-a", until: ago(-60) }];
    expect(decided({ vpcIPs: { [X]: vpcIP({ leak: mark({ cause: "pod-gone" }) }) } })).toBe(
      "leaked pod-gone",
    );
    expect(decided({ vpcIPs: { [X]: vpcIP({ release }) } })).toBe("leaked never-recorded");
    expect(decided({ vpcIPs: { [X]: vpcIP({ tombstones }) } })).toBe("leaked never-recorded");
  });

  it.each([
    ["interface", { interfaceID: "eni-b" }],
    ["node", { nodeName: "node-b" }],
    ["instance", { instanceID: "i-old" }],
  ])("H11 keeps as unknown what is claimed for another %s", (_what, place) => {
    const world = { vpcIPs: { [X]: vpcIP({ ...place, claim: claimOf() }) } };
    expect(decided(world)).toMatch(/^unknown record-mismatch/);
  });

  it("H18 keeps what an annotation opts out, on the VpcIP or on its Pod, finished or not", () => {
    const object = record({ leak: mark() }, X, { "vpcip.dev/keep": "mine" });
    expect(decided({ vpcIPs: { [X]: { known: "whole", object } } })).toBe("keep opt-out");
    const pods = [pod({ keep: true, finished: true })];
    expect(decided({ vpcIPs: { [X]: claimed }, pods })).toBe("keep opt-out");
    expect(decided({ pods: [pod({ keep: true, finished: true, addresses: [X] })] })).toBe("keep opt-out");
  });

  it("H20 keeps as unknown what a VpcIP of an unknown shape names", () => {
    expect(decided({ vpcIPs: { [X]: { known: "unreadable", why: "spec.holder" } } })).toBe(
      "unknown record-unreadable",
    );
  });

  it("keeps as unknown where the VpcIPs were not read", () => {
    expect(decided({ vpcIPs: "not read" })).toBe("unknown records-not-read");
  });

  it("H01 keeps as unknown on a node whose config changed while the lists were read", () => {
    expect(decided({ nodes: { "node-a": node({}, { changedMeanwhile: true }) } })).toBe(
      "unknown config-changed",
    );
  });

  it("H12 keeps as unknown on a node whose Node object is gone while the instance runs", () => {
    const nodes = { "node-a": node({}, { node: "missing" }) };
    expect(decided({ nodes, instances: { "i-a": "running" } })).toBe("unknown node-missing");
  });

  it.each(["stopped", "stopping"] as const)("H66 keeps everything of an instance that is %s", (state) => {
    expect(decided({ instances: { "i-a": state } })).toBe("keep instance-stopped");
  });

  it.each(["terminated", "shutting-down", "not-found", "unknown"] as const)(
    "H07 keeps as unknown what is attached to an instance that is said to be %s",
    (state) => {
      expect(decided({ instances: { "i-a": state } })).toBe("unknown interface-contradicts");
    },
  );

  it("never judges the sentinel: its name is nobody's address", () => {
    const item = interface_({ addresses: [] });
    const sentinel = { "0.0.0.0": vpcIP({}, "0.0.0.0" as typeof X) };
    expect(decided(evidence({ interfaces: [item], vpcIPs: sentinel }), "0.0.0.0" as typeof X)).toBe(
      "nothing",
    );
  });
});
