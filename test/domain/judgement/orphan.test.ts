import { describe, expect, it } from "@jest/globals";
import { judge } from "../../../src/domain/judgement/index.ts";
import { ago, config, evidence, node, orphan } from "../builders.ts";
import { fateOf, O } from "./detached.ts";

describe("a detached interface of ours", () => {
  it("H41 releases it whole once its instance is terminated", () => {
    const [verdict, ...others] = judge(
      evidence({ interfaces: [orphan()], instances: { "i-a": "terminated" } }),
    );
    expect(verdict).toMatchObject({
      decision: "leaked",
      gives: "interface",
      needs: "terminated",
      node: "node-a",
    });
    expect(others).toEqual([]);
  });

  it("releases it by two looks where its instance isn't found", () => {
    const [verdict] = judge(evidence({ interfaces: [orphan()], instances: { "i-a": "not-found" } }));
    expect(verdict).toMatchObject({
      decision: "leaked",
      cause: "interface-orphaned",
      needs: "not-found-twice",
    });
  });

  it("H41 releases it on a living instance whose allocator, by its report, doesn't know it", () => {
    const [verdict] = judge(evidence({ interfaces: [orphan()], instances: { "i-a": "running" } }));
    expect(verdict).toMatchObject({ decision: "leaked", gives: "interface", needs: "report" });
  });

  it("knows the node of an interface whose tags name the instance alone", () => {
    const tags = { "vpcip.dev/cluster-uid": "uid-of-this-cluster", "vpcip.dev/instance-id": "i-a" };
    const item = orphan({ tags });
    const [verdict] = judge(evidence({ interfaces: [item], instances: { "i-a": "running" } }));
    expect(verdict).toMatchObject({ decision: "leaked", node: "node-a" });
  });

  it("keeps it while the instance of another node lives, or is stopped (H66)", () => {
    expect(fateOf({ nodes: {} }, "running")).toBe("keep instance-alive");
    for (const state of ["stopped", "stopping"] as const)
      expect(fateOf({ instances: { "i-a": state } })).toBe("keep instance-stopped");
  });

  it("keeps it as unknown where EC2 doesn't tell of its instance, or no tag names one", () => {
    expect(fateOf({})).toBe("unknown instance-unknown");
    for (const state of ["unknown", "shutting-down"] as const)
      expect(fateOf({ instances: { "i-a": state } })).toBe("unknown instance-unknown");
    const { "vpcip.dev/instance-id": _none, ...tags } = orphan().tags ?? {};
    expect(fateOf({}, "terminated", orphan({ tags }))).toBe("unknown instance-unknown");
  });

  it("keeps what its allocator is attaching, or has just begun to refill", () => {
    for (const interfaces of [[{ id: "eni-o", state: "Attaching" as const }], [{ id: "eni-o" }]])
      expect(fateOf({ nodes: { "node-a": node({ interfaces }) } }, "running")).toBe(
        "keep interface-in-transition",
      );
    const refills = [{ id: "r", interfaceID: "eni-o", count: 1, startedAt: ago(599) }];
    expect(fateOf({ nodes: { "node-a": node({ refills }) } }, "running")).toBe("keep refill");
  });

  it("H41 releases what its allocator lists as attached or being detached, and what an old refill names", () => {
    for (const state of ["Attached", "Detaching"] as const) {
      const interfaces = [{ id: "eni-o", state }];
      expect(fateOf({ nodes: { "node-a": node({ interfaces }) } }, "running")).toBe("leaked never-recorded");
    }
    const refills = [{ id: "r", interfaceID: "eni-o", count: 1, startedAt: ago(600) }];
    expect(fateOf({ nodes: { "node-a": node({ refills }) } }, "running")).toBe("leaked never-recorded");
  });

  it("counts an open refill for as long as it is told to", () => {
    const refills = [{ id: "r", interfaceID: "eni-o", count: 1, startedAt: ago(600) }];
    const world = { interfaces: [orphan()], nodes: { "node-a": node({ refills }) } };
    const facts = evidence({ ...world, instances: { "i-a": "running" } });
    expect(judge(facts, { refillSeconds: 601 })[0]).toMatchObject({ reason: "refill" });
  });

  it("H10 keeps as unknown what a tag gives to another node than its instance's, or what two nodes could have", () => {
    const nodes = { "node-a": node(), "node-b": node({ instanceID: "i-b" }) };
    const tags = { ...orphan().tags, "vpcip.dev/node": "node-b" };
    expect(fateOf({ nodes }, "running", orphan({ tags }))).toBe("unknown node-identity");
    expect(fateOf({ nodes: { "node-a": node(), "node-c": node() } }, "running")).toBe(
      "unknown node-identity",
    );
  });

  it("H20 keeps as unknown where the config can't be read, doesn't tell, or changed meanwhile (H01)", () => {
    const broken = { config: { readable: false, name: "node-a", why: "pruned" } } as const;
    expect(fateOf({ nodes: { "node-a": broken } }, "running")).toBe("unknown config-unreadable");
    const { status: _none, ...object } = config().object;
    const young = node({}, { config: { readable: true, object } });
    expect(fateOf({ nodes: { "node-a": young } }, "running")).toBe("unknown config-incomplete");
    const changed = node({}, { changedMeanwhile: true });
    expect(fateOf({ nodes: { "node-a": changed } }, "running")).toBe("unknown config-changed");
  });

  it("names no address to mark where EC2 names no primary: each of its addresses is unknown", () => {
    const { primary: _none, ...item } = orphan();
    const verdicts = judge(evidence({ interfaces: [item], instances: { "i-a": "terminated" } }));
    expect(verdicts).toMatchObject([
      { address: O, interfaceID: "eni-o", decision: "unknown", reason: "interface-contradicts" },
    ]);
  });
});
