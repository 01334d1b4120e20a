import { describe, expect, it } from "@jest/globals";
import { prefixMembers } from "../../../src/domain/address.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import { block, evidence, interface_, inWords, ip, node, pod, type World, X } from "../builders.ts";

const PREFIX = block("10.0.1.16/28");
const OTHER = block("10.0.2.0/28");
const MEMBERS = prefixMembers(PREFIX);
const [FIRST, SECOND, THIRD] = MEMBERS as [typeof X, typeof X, typeof X];

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
