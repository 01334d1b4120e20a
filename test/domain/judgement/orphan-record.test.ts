import { describe, expect, it } from "@jest/globals";
import { judge } from "../../../src/domain/judgement/index.ts";
import {
  block,
  claimOf,
  decided,
  evidence,
  ip,
  mark,
  node,
  orphan,
  record,
  staticClaim,
  vpcIP,
} from "../builders.ts";
import { at, claimed, namedElsewhere, O, PRIMARY } from "./detached.ts";

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

  it("H35 of a prefix's member that a static claim retains loses its place: the member can't leave alone", () => {
    const item = orphan({ addresses: [], prefixes: [block("10.0.0.48/28")] });
    const M = ip("10.0.0.50");
    const claims = { "shop/web-0": staticClaim({}, { address: M }) };
    const about = (annotations: Record<string, string>) => {
      const object = record({ ...at, claim: claimOf({ uid: "claim-1" }) }, M, annotations);
      const world = { interfaces: [item], vpcIPs: { [M]: { known: "whole", object } }, claims } as const;
      const verdicts = judge(evidence({ ...world, instances: { "i-a": "terminated" } }));
      return verdicts.find(({ address }) => address === M);
    };
    expect(about({})).toMatchObject({ decision: "leaked", gives: "record", keepsClaim: true });
    expect(about({ "vpcip.dev/keep": "yes" })).toMatchObject({ decision: "keep", reason: "opt-out" });
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
