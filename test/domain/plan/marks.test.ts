import { describe, expect, it } from "@jest/globals";
import { judge } from "../../../src/domain/judgement/index.ts";
import { planMarks } from "../../../src/domain/plan/marks.ts";
import {
  ago,
  claimOf,
  evidence,
  interface_,
  ip,
  labels,
  mark,
  node,
  orphan,
  pod,
  record,
  unreportedNode,
  vpcIP,
  type World,
  X,
} from "../builders.ts";

const PRIMARY = ip("10.0.0.4");

function planned(world: World) {
  const facts = evidence({ nodes: { "node-a": unreportedNode() }, ...world });
  return planMarks(facts, judge(facts));
}
const counts = (world: World) => {
  const { create, put, remove } = planned(world);
  return { create: create.length, put: put.length, remove: remove.length };
};
const nothing = { create: 0, put: 0, remove: 0 };

describe("the marks that a pass writes", () => {
  it("creates one where nobody has the name, bound to address, interface, instance and subnet", () => {
    expect(planned({}).create).toEqual([
      {
        address: X,
        nodeName: "node-a",
        instanceID: "i-a",
        interfaceID: "eni-a",
        subnetID: "subnet-1",
        cause: "never-recorded",
        scope: "Address",
      },
    ]);
  });

  it("creates one for an orphan under its primary, for the whole interface", () => {
    const { create } = planned({ interfaces: [orphan()], instances: { "i-a": "terminated" } });
    expect(create).toMatchObject([
      { address: PRIMARY, scope: "Interface", interfaceID: "eni-o", instanceID: "i-a", nodeName: "node-a" },
    ]);
  });

  it("puts one into the VpcIP whose Pod is gone", () => {
    const { put } = planned({ vpcIPs: { [X]: vpcIP({ claim: claimOf() }) } });
    expect(put).toMatchObject([{ record: record({ claim: claimOf() }), mark: { cause: "pod-gone" } }]);
  });

  it("puts one into a VpcIP that holds another run's intent and no mark", () => {
    const release = { run: "r", interfaceID: "eni-a", time: ago(60) };
    expect(counts({ vpcIPs: { [X]: vpcIP({ release }) } })).toEqual({ ...nothing, put: 1 });
  });

  it("H47 keeps the mark that stands, so that its age grows", () => {
    expect(counts({ vpcIPs: { [X]: vpcIP({ leak: mark({ firstObservedAt: ago(1) }) }) } })).toEqual(nothing);
    expect(counts({ vpcIPs: { [X]: vpcIP({ claim: claimOf(), leak: mark() }) } })).toEqual(nothing);
  });

  it("puts a new one in place of one about another interface, or about a whole one", () => {
    const elsewhere = vpcIP({ interfaceID: "eni-old", leak: mark() });
    expect(planned({ vpcIPs: { [X]: elsewhere } }).put.map(({ mark }) => mark.interfaceID)).toContain(
      "eni-a",
    );
    expect(counts({ vpcIPs: { [X]: vpcIP({ leak: mark({ scope: "Interface" }) }) } }).put).toBe(1);
  });

  it("H07 puts a new one where its instance isn't found, and the old one was made while it lived", () => {
    const of = (cause: "never-recorded" | "interface-orphaned") => ({
      interfaces: [orphan()],
      instances: { "i-a": "not-found" as const },
      vpcIPs: {
        [PRIMARY]: vpcIP({ interfaceID: "eni-o", leak: mark({ scope: "Interface", cause }) }, PRIMARY),
      },
    });
    expect(counts(of("never-recorded"))).toEqual({ ...nothing, put: 1 });
    expect(counts(of("interface-orphaned"))).toEqual(nothing);
  });

  it("removes the mark whose address has a keeper by now", () => {
    const vpcIPs = { [X]: vpcIP({ leak: mark() }) };
    expect(counts({ vpcIPs, pods: [pod({ addresses: [X] })] })).toEqual({ ...nothing, remove: 1 });
  });

  it("keeps the mark where nothing can be said, and where a release has taken it up", () => {
    const changed = node({}, { changedMeanwhile: true });
    expect(counts({ vpcIPs: { [X]: vpcIP({ leak: mark() }) }, nodes: { "node-a": changed } })).toEqual(
      nothing,
    );
    const release = { run: "r", interfaceID: "eni-a", time: ago(60) };
    const vpcIPs = { [X]: vpcIP({ leak: mark(), release }) };
    expect(counts({ vpcIPs, pods: [pod({ addresses: [X] })] })).toEqual(nothing);
  });

  it("keeps the mark of an address that two interfaces list, where one of them is somebody else's", () => {
    const onB = { instanceID: "i-foreign", status: "attached" };
    const interfaces = [interface_(), interface_({ id: "eni-f", attachment: onB })];
    expect(counts({ interfaces, vpcIPs: { [X]: vpcIP({ leak: mark() }) } })).toEqual(nothing);
  });

  it("writes nothing on labels, on what is kept, or on what is unknown", () => {
    expect(counts({ vpcIPs: { [X]: labels() } })).toEqual(nothing);
    expect(counts({ nodes: {} })).toEqual(nothing);
    expect(counts({ vpcIPs: "not read" })).toEqual(nothing);
  });

  it("writes no mark for a tombstone that is over: it goes without one", () => {
    const tombstones = [{ interfaceID: "eni-a", until: ago(1) }];
    expect(counts({ interfaces: [], vpcIPs: { [X]: vpcIP({ tombstones }) } })).toEqual(nothing);
  });
});
