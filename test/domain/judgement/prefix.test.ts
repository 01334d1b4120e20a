import { describe, expect, it } from "@jest/globals";
import { prefixMembers } from "../../../src/domain/address.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import {
  ago,
  block,
  claimOf,
  evidence,
  INTERFACE,
  interface_,
  inWords,
  ip,
  mark,
  node,
  pod,
  vpcIP,
  type World,
  X,
} from "../builders.ts";

const PREFIX = block("10.0.1.16/28");
const OTHER = block("10.0.2.0/28");
const MEMBERS = prefixMembers(PREFIX);
const [FIRST, SECOND, THIRD] = MEMBERS as [typeof X, typeof X, typeof X];

const CLAIM = claimOf();

const verdictsOf = (world: World) =>
  judge(evidence({ interfaces: [interface_({ addresses: [X], prefixes: [PREFIX] })], ...world }));

const wordsOf = (world: World, members = MEMBERS) =>
  judge(evidence({ interfaces: [interface_({ addresses: [X], prefixes: [PREFIX, OTHER] })], ...world }))
    .filter(({ address }) => members.includes(address))
    .map(inWords);

describe("a prefix", () => {
  it("H35 releases its sixteen members where all are leaked", () => {
    expect(wordsOf({})).toEqual(MEMBERS.map(() => "leaked never-recorded"));
  });

  it("H35 keeps the other fifteen where one has a keeper, and no more than those", () => {
    const world = { pods: [pod({ addresses: [SECOND] })] };
    expect(wordsOf(world)).toEqual(
      MEMBERS.map((one) => (one === SECOND ? "keep pod-status" : "keep prefix-member")),
    );
    expect(new Set(wordsOf(world, [X, ...prefixMembers(OTHER)]))).toEqual(new Set(["leaked never-recorded"]));
  });

  it("H35 keeps it whole where one member is unknown, or only suspected", () => {
    const unreadable = { [THIRD]: { known: "unreadable", why: "pruned" } } as const;
    expect(wordsOf({ vpcIPs: unreadable }).filter((word) => word.startsWith("leaked"))).toEqual([]);
    const labels = { [THIRD]: { known: "labels", labels: {} } } as const;
    expect(wordsOf({ vpcIPs: labels }).filter((word) => word.startsWith("leaked"))).toEqual([]);
  });

  it("H35 keeps a member that is listed alone as well, with its prefix and once", () => {
    const interfaces = [interface_({ addresses: [FIRST], prefixes: [PREFIX] })];
    expect(wordsOf({ interfaces })).toHaveLength(16);
    const used = { interfaces, pods: [pod({ addresses: [SECOND] })] };
    expect(wordsOf(used, [FIRST])).toEqual(["keep prefix-member"]);
  });

  it("H49 releases the record of a claim that has fallen where the prefix stays, and not the address", () => {
    const vpcIPs = { [FIRST]: vpcIP({ claim: CLAIM }, FIRST) };
    const world = { vpcIPs, pods: [pod({ uid: "another", addresses: [SECOND] })] };
    const [first] = verdictsOf(world).filter(({ address }) => address === FIRST);
    expect(first).toMatchObject({ decision: "leaked", gives: "record", cause: "pod-gone", needs: "report" });
  });

  it.each([
    ["its Pod lives", [pod({ uid: CLAIM.podUID, addresses: [] })], { claim: CLAIM }],
    [
      "a run's intent is on it",
      [],
      { claim: CLAIM, release: { run: "r", interfaceID: INTERFACE, time: ago(60) } },
    ],
    ["it is a mark alone", [], { leak: mark() }],
  ])("keeps the record where %s", (_, more, spec) => {
    const vpcIPs = { [FIRST]: vpcIP(spec, FIRST) };
    const verdicts = verdictsOf({ pods: [pod({ uid: "another", addresses: [SECOND] }), ...more], vpcIPs });
    expect(verdicts.find(({ address }) => address === FIRST)?.decision).toBe("keep");
  });

  it("keeps the record where nothing but an unknown keeps the prefix: it may go whole yet", () => {
    const unreadable = { [THIRD]: { known: "unreadable", why: "pruned" } } as const;
    const vpcIPs = { ...unreadable, [FIRST]: vpcIP({ claim: CLAIM }, FIRST) };
    expect(verdictsOf({ vpcIPs }).find(({ address }) => address === FIRST)?.decision).toBe("keep");
  });

  it("keeps a prefix that holds its interface's primary", () => {
    const interfaces = [interface_({ primary: ip("10.0.1.20"), prefixes: [PREFIX] })];
    expect(new Set(wordsOf({ interfaces }))).toEqual(new Set(["keep primary", "keep prefix-member"]));
  });

  it("keeps one interface's prefix apart from the same one of another", () => {
    const onB = { instanceID: "i-b", status: "attached" };
    const interfaces = [
      interface_({ prefixes: [PREFIX], addresses: [] }),
      interface_({ id: "eni-b", prefixes: [PREFIX], addresses: [], attachment: onB }),
    ];
    const pool = [{ address: FIRST, interfaceID: "eni-b" }];
    const view = { name: "node-b", instanceID: "i-b" };
    const nodes = { "node-a": node(), "node-b": node({ instanceID: "i-b", pool }, { node: view }) };
    const verdicts = judge(evidence({ interfaces, nodes }));
    const leakedOn = (id: string) =>
      verdicts.filter(({ interfaceID, decision }) => interfaceID === id && decision === "leaked").length;
    expect([leakedOn("eni-a"), leakedOn("eni-b")]).toEqual([16, 0]);
  });
});
