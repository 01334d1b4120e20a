import { describe, expect, it } from "@jest/globals";
import { judge } from "../../../src/domain/judgement/index.ts";
import { claimOf, decided, evidence, mark, orphan, pod, staticClaim, vpcIP, waiting } from "../builders.ts";
import { at, namedElsewhere, O, PRIMARY } from "./detached.ts";

describe("a detached interface whose addresses' names are claims' that are served elsewhere", () => {
  const claims = { "shop/web-0": staticClaim({}, { address: O }) };
  const nowhere = waiting({ nodeName: "node-b" }, O);
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
    ["no place", nowhere],
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
    const vpcIPs = { [O]: waiting({ nodeName: "node-b" }, O, { "vpcip.dev/keep": "" }) };
    expect(decided({ ...running, vpcIPs }, PRIMARY)).toBe("keep opt-out");
    const plain = vpcIP({ interfaceID: "eni-b", claim: claimOf() }, O);
    expect(decided({ ...running, claims: {}, pods: [pod()], vpcIPs: { [O]: plain } }, PRIMARY)).toBe(
      "keep claimed",
    );
  });
});
