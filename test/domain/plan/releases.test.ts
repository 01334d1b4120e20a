import { describe, expect, it } from "@jest/globals";
import { prefixMembers } from "../../../src/domain/address.ts";
import type { VpcIPEvidence } from "../../../src/domain/evidence.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import { planReleases } from "../../../src/domain/plan/releases.ts";
import {
  ago,
  block,
  claimOf,
  evidence,
  interface_,
  inWords,
  ip,
  mark,
  node,
  orphan,
  unreportedNode,
  vpcIP,
  type World,
  X,
  Y,
} from "../builders.ts";

const AGES = { markAgeSeconds: 1800, notFoundSeconds: 3600 };
const PRIMARY = ip("10.0.0.4");

function planned(world: World) {
  const facts = evidence(world);
  return planReleases(facts, judge(facts), AGES);
}
const words = (world: World): string[] => planned(world).verdicts.map(inWords);
const unassigned = (world: World) =>
  planned(world).unassign.map(({ interfaceID, items }) => [
    interfaceID,
    items.map(({ verdict }) => verdict.address),
  ]);

const marked = (seconds = 1800, over: Parameters<typeof vpcIP>[0] = {}) => ({
  [X]: vpcIP({ leak: mark({ firstObservedAt: ago(seconds) }), ...over }),
});

describe("a release of an address", () => {
  it("releases what was marked long enough ago, with its node's report", () => {
    expect(unassigned({ vpcIPs: marked() })).toEqual([["eni-a", [X]]]);
  });

  it("keeps what has no mark yet, claimed once or never", () => {
    expect(words({})).toEqual(["keep unmarked"]);
    expect(words({ vpcIPs: { [X]: vpcIP({ claim: claimOf() }) } })).toEqual(["keep unmarked"]);
  });

  it("keeps what was marked too short a while ago, or in the future (H32)", () => {
    expect(words({ vpcIPs: marked(1799) })).toEqual(["keep mark-young"]);
    expect(words({ vpcIPs: marked(-9000) })).toEqual(["keep mark-young"]);
  });

  it("keeps where the mark's time can't be read", () => {
    const vpcIPs = { [X]: vpcIP({ leak: mark({ firstObservedAt: "soon" }) }) };
    expect(words({ vpcIPs })).toEqual(["keep mark-young"]);
  });

  it("keeps what was marked on another interface, or as a whole interface", () => {
    expect(words({ vpcIPs: marked(9000, { interfaceID: "eni-b" }) })[0]).toBe("keep unmarked");
    const whole = { [X]: vpcIP({ leak: mark({ scope: "Interface" }) }) };
    expect(words({ vpcIPs: whole })).toEqual(["keep unmarked"]);
  });

  it("H13 keeps as unknown without a report that holds", () => {
    expect(words({ vpcIPs: marked(), nodes: { "node-a": unreportedNode() } })).toEqual([
      "unknown report-missing",
    ]);
    const old = node({}, { report: { valid: false, why: "an allocator has worked since" } });
    expect(words({ vpcIPs: marked(), nodes: { "node-a": old } })).toEqual(["unknown report-missing"]);
  });

  it("never takes another node's report for this one's", () => {
    const nodes = { "node-a": unreportedNode(), "node-b": node({ instanceID: "i-b" }) };
    expect(words({ vpcIPs: marked(), nodes })).toEqual(["unknown report-missing"]);
  });

  it("never releases on labels", () => {
    const plan = planned({ vpcIPs: { [X]: { known: "labels", labels: { markedAt: 0, state: "Leaked" } } } });
    expect(plan).toMatchObject({ unassign: [], deleteInterfaces: [], dropRecords: [] });
  });

  it("asks EC2 once for each interface, addresses in order", () => {
    const onB = { instanceID: "i-a", status: "attached" };
    const B = ip("10.0.0.9");
    const interfaces = [
      interface_({ addresses: [Y, X, B] }),
      interface_({ id: "eni-b", addresses: [ip("10.0.0.20")], attachment: onB }),
    ];
    const vpcIPs = Object.fromEntries(
      [X, Y, B, ip("10.0.0.20")].map((one): [string, VpcIPEvidence] => [
        one,
        vpcIP({ leak: mark(), interfaceID: one === "10.0.0.20" ? "eni-b" : "eni-a" }, one),
      ]),
    );
    expect(unassigned({ interfaces, vpcIPs })).toEqual([
      ["eni-a", [B, X, Y]],
      ["eni-b", ["10.0.0.20"]],
    ]);
  });
});

describe("a release of a prefix", () => {
  const PREFIX = block("10.0.1.16/28");
  const MEMBERS = prefixMembers(PREFIX);
  const interfaces = [interface_({ addresses: [], prefixes: [PREFIX] })];
  const all = (seconds: (index: number) => number) =>
    Object.fromEntries(
      MEMBERS.map((one, index) => [
        one,
        vpcIP({ leak: mark({ firstObservedAt: ago(seconds(index)) }) }, one),
      ]),
    );

  it("H35 releases it whole once all sixteen marks are old enough", () => {
    expect(unassigned({ interfaces, vpcIPs: all(() => 1800) })).toEqual([["eni-a", [...MEMBERS]]]);
  });

  it("H35 keeps it whole while one mark is too young, or one refused", () => {
    expect(unassigned({ interfaces, vpcIPs: all((index) => (index === 7 ? 60 : 9000)) })).toEqual([]);
    const { "10.0.1.20": _refused, ...fifteen } = all(() => 9000);
    expect(unassigned({ interfaces, vpcIPs: fifteen })).toEqual([]);
  });
});

describe("a release of a detached interface", () => {
  const of = (
    state: "terminated" | "not-found" | "running",
    cause: "interface-orphaned" | "never-recorded",
    seconds: number,
  ) => {
    const leak = mark({ scope: "Interface", cause, firstObservedAt: ago(seconds) });
    const vpcIPs = { [PRIMARY]: vpcIP({ interfaceID: "eni-o", leak }, PRIMARY) };
    return planned({ interfaces: [orphan()], instances: { "i-a": state }, vpcIPs });
  };
  const deleted = (...about: Parameters<typeof of>) => of(...about).deleteInterfaces.length;
  const word = (...about: Parameters<typeof of>) => of(...about).verdicts.map(inWords);

  it("releases it once its instance is terminated, and the mark is old enough", () => {
    expect(deleted("terminated", "interface-orphaned", 1800)).toBe(1);
    expect(word("terminated", "interface-orphaned", 1799)).toEqual(["keep mark-young"]);
  });

  it("releases what a dead node left without any report: nobody is there to give one", () => {
    const leak = mark({ scope: "Interface", cause: "interface-orphaned" });
    const vpcIPs = { [PRIMARY]: vpcIP({ interfaceID: "eni-o", leak }, PRIMARY) };
    const world = { interfaces: [orphan()], vpcIPs, instances: { "i-a": "terminated" } } as const;
    expect(planned({ ...world, nodes: {} }).deleteInterfaces).toHaveLength(1);
  });

  it("releases it at the second look, an hour after the first, at which its instance isn't found", () => {
    expect(deleted("not-found", "interface-orphaned", 3600)).toBe(1);
    expect(word("not-found", "interface-orphaned", 3599)).toEqual(["unknown instance-not-found-once"]);
  });

  it("H07 keeps it where the mark was made while the instance lived: that was no first look", () => {
    expect(word("not-found", "never-recorded", 99_999)).toEqual(["keep unmarked"]);
  });

  it("releases it on a living instance by the report, not without", () => {
    expect(deleted("running", "never-recorded", 1800)).toBe(1);
    const leak = mark({ scope: "Interface" });
    const vpcIPs = { [PRIMARY]: vpcIP({ interfaceID: "eni-o", leak }, PRIMARY) };
    const world = { interfaces: [orphan()], vpcIPs, nodes: { "node-a": unreportedNode() } };
    expect(words({ ...world, instances: { "i-a": "running" } })).toEqual(["unknown report-missing"]);
  });

  it("keeps it where the mark of its primary is one of an address", () => {
    const vpcIPs = { [PRIMARY]: vpcIP({ interfaceID: "eni-o", leak: mark() }, PRIMARY) };
    const world = { interfaces: [orphan()], instances: { "i-a": "terminated" }, vpcIPs } as const;
    expect(words(world)).toEqual(["keep unmarked"]);
  });
});

describe("a release of a record alone", () => {
  const of = (spec: Parameters<typeof vpcIP>[0], world: World = {}) =>
    planned({ interfaces: [], vpcIPs: { [X]: vpcIP(spec) }, ...world });

  it("releases a mark whose address is gone, young or old: the lease is enough", () => {
    expect(of({ leak: mark({ firstObservedAt: ago(1) }) }).dropRecords).toHaveLength(1);
  });

  it("releases a tombstone that is over, without any mark", () => {
    expect(of({ tombstones: [{ interfaceID: "eni-a", until: ago(1) }] }).dropRecords).toHaveLength(1);
    expect(of({ tombstones: [{ interfaceID: "eni-a", until: ago(-1) }] }).dropRecords).toHaveLength(0);
  });

  it("keeps a record of a claim until it is marked, its mark is old, and the report is there", () => {
    const claim = claimOf();
    expect(of({ claim }).verdicts.map(inWords)).toEqual(["keep unmarked"]);
    expect(of({ claim, leak: mark({ firstObservedAt: ago(60) }) }).verdicts.map(inWords)).toEqual([
      "keep mark-young",
    ]);
    expect(of({ claim, leak: mark() }).dropRecords).toHaveLength(1);
    const nodes = { "node-a": unreportedNode() };
    expect(of({ claim, leak: mark() }, { nodes }).verdicts.map(inWords)).toEqual(["unknown report-missing"]);
  });

  it("H07 keeps it where its instance isn't found for the first time", () => {
    const instances = { "i-a": "not-found" } as const;
    const gone = (cause: "pod-gone" | "instance-gone", seconds: number) => ({
      claim: claimOf(),
      leak: mark({ cause, firstObservedAt: ago(seconds) }),
    });
    expect(of(gone("pod-gone", 99_999), { instances }).verdicts.map(inWords)).toEqual(["keep unmarked"]);
    expect(of(gone("instance-gone", 3599), { instances }).verdicts.map(inWords)).toEqual([
      "unknown instance-not-found-once",
    ]);
    expect(of(gone("instance-gone", 3600), { instances }).dropRecords).toHaveLength(1);
  });
});
