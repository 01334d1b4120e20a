import { describe, expect, it } from "@jest/globals";
import { mirrorOf, withMirror } from "../../../src/adapters/kubernetes/labels.ts";
import type { VpcIP, VpcIPSpec } from "../../../src/domain/objects/vpcip.ts";

const claim = { namespace: "default", name: "web-0", podUID: "pod-1", containerID: "sandbox-1" };
const vpcIP = (spec: Partial<VpcIPSpec>, labels?: Record<string, string>): VpcIP => ({
  apiVersion: "vpcip.dev/v1alpha1",
  kind: "VpcIP",
  metadata: { name: "10.0.0.7", ...(labels && { labels }) },
  spec: { nodeName: "node-1", interfaceID: "eni-1", ...spec },
});
const stateOf = (object: VpcIP) => withMirror(object).metadata.labels!["vpcip.dev/state"];
const leak = { cause: "pod-gone", scope: "Address", firstObservedAt: "2026-06-01T12:00:00Z" } as const;
const retained = { "vpcip.dev/state": "Retained" };

describe("the labels of a VpcIP", () => {
  it("say what the spec says, and nothing that it doesn't", () => {
    const stale = { "vpcip.dev/pod-uid": "pod-0", "vpcip.dev/instance": "i-0", "vpcip.dev/marked-at": "1" };
    expect(withMirror(vpcIP({}, stale)).metadata.labels).toEqual({
      "vpcip.dev/node": "node-1",
      "vpcip.dev/interface": "eni-1",
      "vpcip.dev/state": "Bound",
    });
  });

  it("say Retained as long as a claim is there and nothing else is being done", () => {
    expect(stateOf(vpcIP({ claim }, retained))).toBe("Retained");
    expect(stateOf(vpcIP({ claim, leak }, retained))).toBe("Leaked");
    expect(stateOf(vpcIP({}, retained))).toBe("Bound");
    expect(stateOf(vpcIP({ claim }, { "vpcip.dev/state": "Leaked" }))).toBe("Bound");
  });

  it("are read back as they were written, the time of the mark too", () => {
    const { metadata } = withMirror(vpcIP({ claim, leak, instanceID: "i-1" }));
    expect(mirrorOf(metadata)).toEqual({
      node: "node-1",
      instance: "i-1",
      interface: "eni-1",
      state: "Leaked",
      podUID: "pod-1",
      markedAt: Date.parse(leak.firstObservedAt),
    });
  });

  it("tell a record that carries tombstones, and no other", () => {
    const tombstones = [{ interfaceID: "eni-0", until: "2026-06-01T12:35:00Z" }];
    const { metadata } = withMirror(vpcIP({ claim, tombstones }));
    expect(mirrorOf(metadata).bound).toBe(true);
    expect(mirrorOf(withMirror({ ...vpcIP({ claim }), metadata }).metadata).bound).toBeUndefined();
  });

  it("never make a mark look older than it is", () => {
    const marked = { ...leak, firstObservedAt: "2026-06-01T12:00:00.001Z" };
    const { metadata } = withMirror(vpcIP({ leak: marked }));
    expect(mirrorOf(metadata).markedAt).toBeGreaterThanOrEqual(Date.parse(marked.firstObservedAt));
  });

  it("keep long node names apart, within what a label value may be", () => {
    const names = ["a", "b"].map((first) => `${first}${"x".repeat(80)}.example`);
    const values = names.map(
      (nodeName) => withMirror(vpcIP({ nodeName })).metadata.labels!["vpcip.dev/node"]!,
    );
    expect(new Set(values).size).toBe(2);
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9][-A-Za-z0-9_.]{0,61}[A-Za-z0-9]$/);
  });

  it("tell nothing where they make no sense", () => {
    expect(mirrorOf({ labels: { "vpcip.dev/marked-at": "soon", "vpcip.dev/node": "" } })).toEqual({});
    expect(mirrorOf({})).toEqual({});
  });
});
