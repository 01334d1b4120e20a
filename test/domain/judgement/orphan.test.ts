import { describe, expect, it } from "@jest/globals";
import type { NetworkInterface } from "../../../src/domain/evidence.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import {
  ago,
  claimOf,
  config,
  decided,
  evidence,
  ip,
  labels,
  mark,
  node,
  orphan,
  pod,
  record,
  staticClaim,
  unreportedNode,
  vpcIP,
  type World,
} from "../builders.ts";

const PRIMARY = ip("10.0.0.4");
const O = ip("10.0.0.40");
const at = { interfaceID: "eni-o" };
const claimed = vpcIP({ ...at, claim: claimOf() }, O);

/** What becomes of the detached interface, in a world where its instance is in a state. */
const of = (world: World, state?: "running" | "terminated", item: NetworkInterface = orphan()) =>
  decided(
    { interfaces: [item], ...(state === undefined ? {} : { instances: { "i-a": state } }), ...world },
    PRIMARY,
  );

describe("a detached interface of ours", () => {
  it("H41 releases it whole once its instance is terminated", () => {
    const [verdict, ...others] = judge(
      evidence({ interfaces: [orphan()], instances: { "i-a": "terminated" } }),
    );
    expect(verdict).toMatchObject({
      decision: "leaked",
      gives: "interface",
      needs: "terminated",
      node: "node-a",
    });
    expect(others).toEqual([]);
  });

  it("releases it by two looks where its instance isn't found", () => {
    const [verdict] = judge(evidence({ interfaces: [orphan()], instances: { "i-a": "not-found" } }));
    expect(verdict).toMatchObject({
      decision: "leaked",
      cause: "interface-orphaned",
      needs: "not-found-twice",
    });
  });

  it("H41 releases it on a living instance whose allocator, by its report, doesn't know it", () => {
    const [verdict] = judge(evidence({ interfaces: [orphan()], instances: { "i-a": "running" } }));
    expect(verdict).toMatchObject({ decision: "leaked", gives: "interface", needs: "report" });
  });

  it("knows the node of an interface whose tags name the instance alone", () => {
    const tags = { "vpcip.dev/cluster-uid": "uid-of-this-cluster", "vpcip.dev/instance-id": "i-a" };
    const item = orphan({ tags });
    const [verdict] = judge(evidence({ interfaces: [item], instances: { "i-a": "running" } }));
    expect(verdict).toMatchObject({ decision: "leaked", node: "node-a" });
  });

  it("keeps it while the instance of another node lives, or is stopped (H66)", () => {
    expect(of({ nodes: {} }, "running")).toBe("keep instance-alive");
    for (const state of ["stopped", "stopping"] as const)
      expect(of({ instances: { "i-a": state } })).toBe("keep instance-stopped");
  });

  it("keeps it as unknown where EC2 doesn't tell of its instance, or no tag names one", () => {
    expect(of({})).toBe("unknown instance-unknown");
    for (const state of ["unknown", "shutting-down"] as const)
      expect(of({ instances: { "i-a": state } })).toBe("unknown instance-unknown");
    const { "vpcip.dev/instance-id": _none, ...tags } = orphan().tags ?? {};
    expect(of({}, "terminated", orphan({ tags }))).toBe("unknown instance-unknown");
  });

  it("keeps what its allocator is attaching, or has just begun to refill", () => {
    for (const interfaces of [[{ id: "eni-o", state: "Attaching" as const }], [{ id: "eni-o" }]])
      expect(of({ nodes: { "node-a": node({ interfaces }) } }, "running")).toBe(
        "keep interface-in-transition",
      );
    const refills = [{ id: "r", interfaceID: "eni-o", count: 1, startedAt: ago(599) }];
    expect(of({ nodes: { "node-a": node({ refills }) } }, "running")).toBe("keep refill");
  });

  it("H41 releases what its allocator lists as attached or being detached, and what an old refill names", () => {
    for (const state of ["Attached", "Detaching"] as const) {
      const interfaces = [{ id: "eni-o", state }];
      expect(of({ nodes: { "node-a": node({ interfaces }) } }, "running")).toBe("leaked never-recorded");
    }
    const refills = [{ id: "r", interfaceID: "eni-o", count: 1, startedAt: ago(600) }];
    expect(of({ nodes: { "node-a": node({ refills }) } }, "running")).toBe("leaked never-recorded");
  });

  it("counts an open refill for as long as it is told to", () => {
    const refills = [{ id: "r", interfaceID: "eni-o", count: 1, startedAt: ago(600) }];
    const world = { interfaces: [orphan()], nodes: { "node-a": node({ refills }) } };
    const facts = evidence({ ...world, instances: { "i-a": "running" } });
    expect(judge(facts, { refillSeconds: 601 })[0]).toMatchObject({ reason: "refill" });
  });

  it("H10 keeps as unknown what a tag gives to another node than its instance's, or what two nodes could have", () => {
    const nodes = { "node-a": node(), "node-b": node({ instanceID: "i-b" }) };
    const tags = { ...orphan().tags, "vpcip.dev/node": "node-b" };
    expect(of({ nodes }, "running", orphan({ tags }))).toBe("unknown node-identity");
    expect(of({ nodes: { "node-a": node(), "node-c": node() } }, "running")).toBe("unknown node-identity");
  });

  it("H20 keeps as unknown where the config can't be read, doesn't tell, or changed meanwhile (H01)", () => {
    const broken = { config: { readable: false, name: "node-a", why: "pruned" } } as const;
    expect(of({ nodes: { "node-a": broken } }, "running")).toBe("unknown config-unreadable");
    const { status: _none, ...object } = config().object;
    const young = node({}, { config: { readable: true, object } });
    expect(of({ nodes: { "node-a": young } }, "running")).toBe("unknown config-incomplete");
    const changed = node({}, { changedMeanwhile: true });
    expect(of({ nodes: { "node-a": changed } }, "running")).toBe("unknown config-changed");
  });

  it.each<[string, World]>([
    ["keep pool", { nodes: { "node-a": node({ pool: [{ address: O, ...at }] }) } }],
    [
      "keep in-use",
      { nodes: { "node-a": node({ inUse: [{ address: O, containerID: "c", podUID: "p" }] }) } },
    ],
    [
      "keep in-use",
      {
        nodes: {
          "node-a": node({ inUse: [{ address: "10.0.9.9", containerID: "container-1", podUID: "p" }] }),
        },
        vpcIPs: { [O]: claimed },
      },
    ],
    ["keep pod-status", { pods: [pod({ addresses: [O] })] }],
    ["keep claimed", { pods: [pod()], vpcIPs: { [O]: claimed } }],
    ["keep claimed", { livePodUIDs: new Set(["pod-1"]), vpcIPs: { [O]: labels({ interface: "eni-o" }) } }],
  ])("H18 keeps it on a living instance: %s; releases it once the instance is dead", (word, world) => {
    expect(of(world, "running")).toBe(word);
    expect(of(world, "terminated")).toBe("leaked interface-orphaned");
  });

  it("releases it where only an old report shows it in use: the proof is a new one", () => {
    const inUse = [{ address: O, containerID: "c", podUID: "p" }];
    expect(of({ nodes: { "node-a": unreportedNode({ inUse }) } }, "running")).toBe("leaked never-recorded");
  });

  it("H18 keeps what a static claim's status names on a living instance; releases it once the instance is dead", () => {
    const claims = { a: staticClaim({}, { address: O }) };
    expect(of({ claims }, "running")).toBe("keep retained");
    expect(of({ claims }, "terminated")).toBe("leaked interface-orphaned");
  });

  it("releases it where the record of a static claim names no place any more, or another one", () => {
    const claims = { "shop/web-0": staticClaim({}, { address: O }) };
    const { instanceID: _i, interfaceID: _n, ...spec } = record({ claim: claimOf({ uid: "claim-1" }) }).spec;
    const nowhere = { known: "whole", object: { ...record({}, O), spec } } as const;
    expect(of({ claims, vpcIPs: { [O]: nowhere } }, "terminated")).toBe("leaked interface-orphaned");
    const there = vpcIP({ interfaceID: "eni-b", instanceID: "i-b", claim: claimOf({ uid: "claim-1" }) }, O);
    expect(of({ claims, vpcIPs: { [O]: there } }, "terminated")).toBe("leaked interface-orphaned");
  });

  it("names no address to mark where EC2 names no primary: each of its addresses is unknown", () => {
    const { primary: _none, ...item } = orphan();
    const verdicts = judge(evidence({ interfaces: [item], instances: { "i-a": "terminated" } }));
    expect(verdicts).toMatchObject([
      { address: O, interfaceID: "eni-o", decision: "unknown", reason: "interface-contradicts" },
    ]);
  });

  it.each<[string, World]>([
    [
      "keep retained",
      {
        claims: { "shop/web-0": staticClaim({}, { address: O }) },
        vpcIPs: { [O]: vpcIP({ ...at, claim: claimOf({ uid: "claim-1" }) }, O) },
      },
    ],
    ["keep opt-out", { pods: [pod({ keep: true, finished: true, addresses: [O] })] }],
    ["keep opt-out", { pods: [pod({ keep: true, finished: true })], vpcIPs: { [O]: claimed } }],
    ["keep opt-out", { vpcIPs: { [O]: labels({ keep: true }) } }],
    [
      "keep opt-out",
      { vpcIPs: { [O]: { known: "whole", object: record(at, O, { "vpcip.dev/keep": "" }) } } },
    ],
    ["unknown record-unreadable", { vpcIPs: { [O]: { known: "unreadable", why: "pruned" } } }],
  ])("H18 keeps it also when its instance is dead: %s", (word, world) => {
    expect(of(world, "terminated")).toMatch(new RegExp(`^${word}`));
  });
});

describe("a record on a detached interface", () => {
  it("goes with the interface, by the same proof", () => {
    const world = {
      interfaces: [orphan()],
      vpcIPs: { [O]: claimed },
      instances: { "i-a": "terminated" },
    } as const;
    const verdict = judge(evidence(world)).find(({ address }) => address === O);
    expect(verdict).toMatchObject({ decision: "leaked", gives: "record", needs: "terminated" });
  });

  it("goes by its own proof where it names another instance than the interface's tag", () => {
    const record = vpcIP({ ...at, instanceID: "i-gone", claim: claimOf() }, O);
    const instances = { "i-a": "terminated", "i-gone": "not-found" } as const;
    const verdicts = judge(evidence({ interfaces: [orphan()], vpcIPs: { [O]: record }, instances }));
    expect(verdicts.find(({ address }) => address === O)).toMatchObject({ needs: "not-found-twice" });
  });

  it("goes by the interface's proof where it is nothing but a mark", () => {
    const world = { interfaces: [orphan()], vpcIPs: { [O]: vpcIP({ ...at, leak: mark() }, O) } };
    const verdicts = judge(evidence({ ...world, instances: { "i-a": "terminated" } }));
    expect(verdicts.find(({ address }) => address === O)).toMatchObject({
      gives: "record",
      needs: "terminated",
    });
  });

  it("stays while somebody holds another address of the interface", () => {
    const nodes = { "node-a": node({ pool: [{ address: PRIMARY, ...at }] }) };
    const world = { interfaces: [orphan()], vpcIPs: { [O]: claimed }, nodes };
    expect(decided({ ...world, instances: { "i-a": "running" } }, O)).toBe("keep pool");
  });

  it("stays while the interface does", () => {
    const world = {
      interfaces: [orphan()],
      vpcIPs: { [O]: claimed },
      instances: { "i-a": "stopped" },
    } as const;
    expect(decided(world, O)).toBe("keep instance-stopped");
  });

  it("is judged where it says it is, though the detached interface lists its address too", () => {
    const elsewhere = vpcIP(
      { interfaceID: "eni-b", instanceID: "i-b", nodeName: "node-b", claim: claimOf() },
      O,
    );
    const states = { "i-a": "terminated", "i-b": "running" } as const;
    const nodes = { "node-b": node({ instanceID: "i-b" }) };
    const world = { interfaces: [orphan()], vpcIPs: { [O]: elsewhere }, instances: states, nodes };
    const verdict = judge(evidence(world)).find(({ address }) => address === O);
    expect(verdict).toMatchObject({ decision: "leaked", needs: "report", node: "node-b" });
  });

  it("frees the name of the interface's primary where it is about something else", () => {
    expect(decided(namedElsewhere(orphan()), PRIMARY)).toBe("leaked instance-gone");
  });
});

/** The primary's name is the record of a claim on another dead instance's interface. */
function namedElsewhere(item: NetworkInterface): World {
  const elsewhere = vpcIP({ interfaceID: "eni-old", instanceID: "i-old", claim: claimOf() }, PRIMARY);
  const instances = { "i-a": "terminated", "i-old": "terminated" } as const;
  return { interfaces: [item], vpcIPs: { [PRIMARY]: elsewhere }, instances };
}

describe("a detached interface whose addresses' names are claims' that are served elsewhere", () => {
  const claims = { "shop/web-0": staticClaim({}, { address: O }) };
  const { instanceID: _i, interfaceID: _n, ...spec } = record({ claim: claimOf({ uid: "claim-1" }) }).spec;
  const waiting = {
    known: "whole",
    object: { ...record({}, O), spec: { ...spec, nodeName: "node-b" } },
  } as const;
  const elsewhere = vpcIP({ interfaceID: "eni-b", instanceID: "i-b", claim: claimOf({ uid: "claim-1" }) }, O);
  const running = { interfaces: [orphan()], instances: { "i-a": "running" }, claims } as const;

  it("is marked by a name of its own that is free, and that mark goes on to be its mark", () => {
    const world = namedElsewhere(orphan());
    expect(decided(world, O)).toBe("leaked interface-orphaned");
    const marked = vpcIP({ ...at, leak: mark({ scope: "Interface" }) }, O);
    expect(decided({ ...world, vpcIPs: { [O]: marked } }, O)).toBe("leaked interface-orphaned");
    expect(decided({ ...world, vpcIPs: { [O]: marked } }, PRIMARY)).toBe("nothing");
  });

  it("H18 is kept as unknown while none is free: a claim's record that names another place is no place for a mark", () => {
    expect(decided(namedElsewhere(orphan({ addresses: [] })), PRIMARY)).toBe(
      "unknown record-mismatch; leaked instance-gone",
    );
  });

  it.each([
    ["no place", waiting],
    ["another place", elsewhere],
  ] as const)(
    "is released on a living instance, where a static claim's record names %s: it waits for the address to come free",
    (_where, there) => {
      for (const pods of [[], [pod()]]) {
        const world = { ...running, pods, vpcIPs: { [O]: there } };
        expect(decided(world, PRIMARY)).toBe("leaked never-recorded");
      }
      const { vpcIPs: _of, ...others } = { ...evidence(running), ofOthers: new Map([[O, there]]) };
      expect(
        judge({ ...others, vpcIPs: new Map() }).map(({ address, decision }) => [address, decision]),
      ).toEqual([[PRIMARY, "leaked"]]);
    },
  );

  it("keeps it where that record names it, says keep, or is no static claim's whose Pod lives", () => {
    const here = vpcIP({ ...at, claim: claimOf({ uid: "claim-1" }) }, O);
    expect(decided({ ...running, vpcIPs: { [O]: here } }, PRIMARY)).toBe("keep retained");
    const kept = { ...waiting.object, metadata: record({}, O, { "vpcip.dev/keep": "" }).metadata };
    const vpcIPs = { [O]: { known: "whole", object: kept } } as const;
    expect(decided({ ...running, vpcIPs }, PRIMARY)).toBe("keep opt-out");
    const plain = vpcIP({ interfaceID: "eni-b", claim: claimOf() }, O);
    expect(decided({ ...running, claims: {}, pods: [pod()], vpcIPs: { [O]: plain } }, PRIMARY)).toBe(
      "keep claimed",
    );
  });
});
