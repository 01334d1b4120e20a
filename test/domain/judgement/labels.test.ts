import { describe, expect, it } from "@jest/globals";
import { labelValue } from "../../../src/domain/objects/names.ts";
import { decided, interface_, labels, node, X, Y } from "../builders.ts";

const alive = new Set(["pod-1"]);

describe("what labels tell of an address", () => {
  it("keeps what is plainly claimed for a Pod that lives", () => {
    expect(decided({ vpcIPs: { [X]: labels() }, livePodUIDs: alive })).toBe("keep claimed");
    expect(decided({ vpcIPs: { [X]: labels({ state: "Attaching" }) }, livePodUIDs: alive })).toBe(
      "keep claimed",
    );
  });

  it("H18 keeps what a person opted out", () => {
    expect(decided({ vpcIPs: { [X]: labels({ keep: true }) } })).toBe("keep opt-out");
  });

  it.each([
    ["its Pod is gone", labels({ podUID: "pod-2" })],
    ["it is marked", labels({ state: "Leaked" })],
    ["it is retained", labels({ state: "Retained" })],
    ["it names another interface", labels({ interface: "eni-b" })],
    ["it names another node", labels({ node: "node-b" })],
    ["it has no labels at all", { known: "labels", labels: {} } as const],
  ])("suspects, and never calls leaked, where %s", (_why, record) => {
    expect(decided({ vpcIPs: { [X]: record }, livePodUIDs: alive })).toMatch(/^suspect/);
  });

  it("H42 suspects both where two VpcIPs name one Pod", () => {
    const world = {
      vpcIPs: { [X]: labels(), [Y]: labels() },
      livePodUIDs: alive,
      interfaces: [interface_({ addresses: [X, Y] })],
    };
    expect([decided(world, X), decided(world, Y)]).toEqual(["suspect", "suspect"]);
  });

  it("suspects where nobody listed which Pods live", () => {
    expect(decided({ vpcIPs: { [X]: labels() } })).toBe("suspect");
  });

  it("reads the label of a node whose name is longer than a label may be", () => {
    const name = `${"a".repeat(80)}.example`;
    const vpcIPs = { [X]: labels({ node: labelValue(name) }) };
    expect(decided({ vpcIPs, livePodUIDs: alive, nodes: { [name]: node() } })).toBe("keep claimed");
  });

  it("H10 keeps two nodes apart whose long names have the same end", () => {
    const tail = "x".repeat(70);
    expect(labelValue(`a${tail}`)).not.toBe(labelValue(`b${tail}`));
    expect(labelValue(`a${tail}`).length).toBeLessThanOrEqual(63);
  });

  it("suspects a record whose address EC2 doesn't have where the label says", () => {
    expect(decided({ vpcIPs: { [Y]: labels() }, livePodUIDs: alive }, Y)).toBe("suspect");
    expect(decided({ vpcIPs: { [Y]: labels({ keep: true }) }, livePodUIDs: alive }, Y)).toBe("keep opt-out");
  });
});
