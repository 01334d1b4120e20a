import { describe, expect, it } from "@jest/globals";
import {
  claimOf,
  labels,
  node,
  pod,
  record,
  staticClaim,
  unreportedNode,
  vpcIP,
  type World,
  waiting,
} from "../builders.ts";
import { at, claimed, fateOf, O } from "./detached.ts";

describe("a detached interface of ours", () => {
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
    expect(fateOf(world, "running")).toBe(word);
    expect(fateOf(world, "terminated")).toBe("leaked interface-orphaned");
  });

  it("releases it where only an old report shows it in use: the proof is a new one", () => {
    const inUse = [{ address: O, containerID: "c", podUID: "p" }];
    expect(fateOf({ nodes: { "node-a": unreportedNode({ inUse }) } }, "running")).toBe(
      "leaked never-recorded",
    );
  });

  it("H18 keeps what a static claim's status names on a living instance; releases it once the instance is dead", () => {
    const claims = { a: staticClaim({}, { address: O }) };
    expect(fateOf({ claims }, "running")).toBe("keep retained");
    expect(fateOf({ claims }, "terminated")).toBe("leaked interface-orphaned");
  });

  it("releases it where the record of a static claim names no place any more, or another one", () => {
    const claims = { "shop/web-0": staticClaim({}, { address: O }) };
    expect(fateOf({ claims, vpcIPs: { [O]: waiting({}, O) } }, "terminated")).toBe(
      "leaked interface-orphaned",
    );
    const there = vpcIP({ interfaceID: "eni-b", instanceID: "i-b", claim: claimOf({ uid: "claim-1" }) }, O);
    expect(fateOf({ claims, vpcIPs: { [O]: there } }, "terminated")).toBe("leaked interface-orphaned");
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
    expect(fateOf(world, "terminated")).toMatch(new RegExp(`^${word}`));
  });
});
