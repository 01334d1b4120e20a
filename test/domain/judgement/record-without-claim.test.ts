import { describe, expect, it } from "@jest/globals";
import { judge } from "../../../src/domain/judgement/index.ts";
import { ago, evidence, interface_, ip, mark, vpcIP, X } from "../builders.ts";
import { absent } from "./absent.ts";

describe("a VpcIP without a claim and without an address", () => {
  it("releases a mark whose address has left, and a release that is over: nothing but the lease is needed", () => {
    const release = { run: "r", interfaceID: "eni-a", time: ago(60) };
    expect(absent({}, { leak: mark() })).toBe("leaked never-recorded");
    expect(absent({}, { release })).toBe("leaked never-recorded");
    const world = { interfaces: [], vpcIPs: { [X]: vpcIP({ leak: mark() }) } };
    expect(judge(evidence(world))[0]).toMatchObject({ gives: "record", needs: "lease" });
  });

  it("releases the mark of an interface that is attached again: its primary is no candidate", () => {
    const primary = ip("10.0.0.1");
    const vpcIPs = { [primary]: vpcIP({ leak: mark({ scope: "Interface" }) }, primary) };
    expect(judge(evidence({ interfaces: [interface_({ addresses: [] })], vpcIPs }))).toMatchObject([
      { address: primary, decision: "leaked", gives: "record", needs: "lease" },
    ]);
  });

  it("H25 keeps a tombstone until no late request can arrive, and releases it then", () => {
    const until = (seconds: number) => ({ tombstones: [{ interfaceID: "eni-a", until: ago(seconds) }] });
    expect(absent({}, until(-1))).toBe("keep tombstone");
    expect(absent({}, until(0))).toBe("leaked never-recorded");
    expect(absent({}, { ...until(-1), leak: mark() })).toBe("leaked never-recorded");
  });

  it("H20 keeps a name that is taken and says no more, and counts it as unknown", () => {
    expect(absent({}, {})).toMatch(/^unknown record-unreadable/);
  });
});
