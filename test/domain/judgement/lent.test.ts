import { describe, expect, it } from "@jest/globals";
import type { VpcIPEvidence } from "../../../src/domain/evidence.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import { planMarks } from "../../../src/domain/plan/marks.ts";
import { planReleases } from "../../../src/domain/plan/releases.ts";
import {
  ago,
  claimOf,
  decided,
  evidence,
  interface_,
  ip,
  labels,
  lentTo,
  mark,
  node,
  orphan,
  pod,
  record,
  staticClaim,
  unreportedNode,
  vpcIP,
  type World,
  waiting,
} from "../builders.ts";

const P = ip("10.0.0.4");
const O = ip("10.0.0.40");
const uid = "claim-1";
const lent = lentTo("eni-o", P);
const claims = { "shop/web-0": staticClaim({}, { address: P }) };

/** A detached interface of a living node whose one address a static claim waits for, with this record. */
const world = (stored: VpcIPEvidence, more: World = {}): World => ({
  interfaces: [orphan({ addresses: [] })],
  instances: { "i-a": "running" },
  claims,
  vpcIPs: { [P]: stored },
  ...more,
});
const marksOf = (given: World) => planMarks(evidence(given), judge(evidence(given)));
const planOf = (given: World) =>
  planReleases(evidence(given), judge(evidence(given)), { markAgeSeconds: 1800, notFoundSeconds: 3600 });

describe("a detached interface each of whose names is a static claim's", () => {
  it("H41 is marked by the record that names no place, whether or not the claim's Pod lives", () => {
    for (const pods of [[], [pod()]]) {
      const given = world(waiting({}, P), { pods });
      expect(decided(given, P)).toBe("leaked never-recorded; keep retained");
      expect(marksOf(given).put).toMatchObject([{ mark: { interfaceID: "eni-o", scope: "Interface" } }]);
    }
  });

  it("is marked by the name that is free, where there is one", () => {
    const item = orphan({ addresses: [O] });
    expect(decided(world(waiting({}, P), { interfaces: [item] }), O)).toBe("leaked never-recorded");
    expect(decided(world(waiting({}, P), { interfaces: [item] }), P)).not.toContain("leaked");
  });

  it("H41 is released by that mark, on a living instance and on a dead one; no record is dropped", () => {
    for (const state of ["running", "terminated"] as const) {
      const plan = planOf(world(lent, { instances: { "i-a": state } }));
      expect(plan.deleteInterfaces.map(({ record: { metadata } }) => metadata.name)).toEqual([P]);
      expect(plan.dropRecords).toEqual([]);
    }
  });

  it("is chosen for a closer look by labels alone", () => {
    const placeless = { known: "labels", labels: { node: "node-b", podUID: "pod-1", state: "Retained" } };
    const marked = labels({ interface: "eni-o", state: "Leaked" });
    const { instance: _i, ...lentLabels } = marked.known === "labels" ? marked.labels : {};
    for (const stored of [placeless, { known: "labels", labels: lentLabels }] as VpcIPEvidence[])
      expect(decided(world(stored, { livePodUIDs: new Set(["pod-1"]) }), P)).toContain(
        "leaked never-recorded",
      );
    expect(marksOf(world(placeless as VpcIPEvidence)).put).toEqual([]);
  });

  it.each<[string, VpcIPEvidence]>([
    ["an instance asks for the address", waiting({ instanceID: "i-b" }, P)],
    ["the claim's own mark is in it", waiting({ leak: mark({ cause: "claim-expired" }) }, P)],
    ["a run's intent is in it", waiting({ release: { run: "r", interfaceID: "eni-b", time: ago(9) } }, P)],
    ["it is lent to another interface", lentTo("eni-b", P)],
    ["it is no static claim's", waiting({ claim: claimOf() }, P)],
    ["nobody can read it", { known: "unreadable", why: "pruned" }],
  ])("keeps it without a mark while %s", (_why, stored) => {
    expect(planOf(world(stored)).deleteInterfaces).toEqual([]);
    expect(marksOf(world(stored)).put.filter(({ mark: { scope } }) => scope === "Interface")).toEqual([]);
    expect(marksOf(world(stored)).create).toEqual([]);
  });

  it.each<[string, VpcIPEvidence]>([
    ["with an address's mark", lentTo("eni-o", P, { leak: mark() })],
    ["with an interface's mark, and says of which instance", lentTo("eni-o", P, { instanceID: "i-a" })],
    ["without any mark", vpcIP({ interfaceID: "eni-o", claim: claimOf({ uid }) }, P)],
  ])("H18 keeps it where the claim's record names it %s: the claim is served there", (_why, stored) => {
    expect(decided(world(stored), P)).toBe("keep retained");
    expect(planOf(world(stored)).deleteInterfaces).toEqual([]);
  });

  it.each<[string, World]>([
    ["keep opt-out", { pods: [pod({ keep: true, addresses: [P] })] }],
    ["keep pod-status", { pods: [pod({ addresses: [P] })] }],
    ["keep pool", { nodes: { "node-a": node({ pool: [{ address: P, interfaceID: "eni-o" }] }) } }],
    [
      "keep in-use",
      { nodes: { "node-a": node({ inUse: [{ address: P, containerID: "c", podUID: "p" }] }) } },
    ],
    ["keep instance-stopped", { instances: { "i-a": "stopped" } }],
  ])("H18 keeps it, and takes the mark out of the claim's record, by any other keeper: %s", (word, more) => {
    expect(decided(world(lent, more), P)).toBe(word);
    expect(marksOf(world(lent, more)).remove).toHaveLength(1);
    expect(planOf(world(lent, more)).deleteInterfaces).toEqual([]);
  });

  it("keeps it where a person opts the record out", () => {
    const object = lent.known === "whole" ? lent.object : record();
    const metadata = { ...object.metadata, annotations: { "vpcip.dev/keep": "" } };
    const given = world({ known: "whole", object: { ...object, metadata } });
    expect(decided(given, P)).toBe("keep opt-out");
  });
});

describe("a record that is lent to an interface which is gone, or attached", () => {
  it("keeps its claim, and the mark is taken out of it", () => {
    for (const interfaces of [[], [interface_({ id: "eni-o", primary: P, addresses: [] })]]) {
      expect(decided(world(lent, { interfaces }), P)).toContain("keep retained");
      expect(marksOf(world(lent, { interfaces })).remove).toHaveLength(1);
    }
  });

  it("goes with a claim that is gone, but by a mark of its own: the interface's is no look at the claim", () => {
    const gone = { interfaces: [], claims: {} };
    expect(decided(world(lent, gone), P)).toBe("leaked claim-gone");
    expect(planOf(world(lent, gone)).dropRecords).toEqual([]);
    expect(marksOf(world(lent, gone)).put).toMatchObject([{ mark: { cause: "claim-gone" } }]);
    const marked = lentTo("eni-o", P, { leak: mark({ cause: "claim-gone" }) });
    expect(planOf(world(marked, gone)).dropRecords).toHaveLength(1);
    // It never was on that node: no report of it is waited for.
    const silent = { ...gone, nodes: { "node-a": unreportedNode() } };
    expect(planOf(world(marked, silent)).dropRecords).toHaveLength(1);
  });
});
