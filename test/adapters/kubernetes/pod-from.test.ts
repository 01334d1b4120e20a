import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { readNode } from "../../../src/adapters/kubernetes/node-from.ts";
import { readPod } from "../../../src/adapters/kubernetes/pod-from.ts";

const pod = (status: object, spec: object = {}, metadata: object = {}) => ({
  metadata: { namespace: "default", name: "web-0", uid: "uid-1", ...metadata },
  spec,
  status,
});

function view(raw: unknown) {
  const read = readPod(raw);
  if (!read.readable) throw new Error(`${read.path}: ${read.why}`);
  return read.object;
}

describe("a Pod", () => {
  it("has the addresses of podIP and podIPs, each once", () => {
    const status = { podIP: "10.0.0.7", podIPs: [{ ip: "10.0.0.7" }, { ip: "10.0.0.8" }] };
    expect(view(pod(status)).addresses).toEqual(["10.0.0.7", "10.0.0.8"]);
  });

  it.each(["::ffff:10.0.0.7", "::FFFF:a00:7", "0:0:0:0:0:ffff:10.0.0.7", "0::ffff:a00:7", "010.0.0.7"])(
    "H03 has 10.0.0.7 where its status says %s",
    (podIP) => {
      expect(view(pod({ podIP })).addresses).toEqual(["10.0.0.7"]);
    },
  );

  it.each(["fd00::7", "fe80::1%eth0", "::", "2001:db8:0:0:0:0:0:1"])(
    "has no address of ours where its status says %s",
    (ip) => {
      expect(view(pod({ podIP: "10.0.0.7", podIPs: [{ ip: "10.0.0.7" }, { ip }] })).addresses).toEqual([
        "10.0.0.7",
      ]);
      expect(view(pod({ podIP: ip })).addresses).toEqual([]);
    },
  );

  it.each(["10.0.0.256", "10.0.0", "10.0.0.7/32", "none", "10.0.0.7,fd00::7"])(
    "H03 is unreadable, at the place, where a podIP says %s",
    (ip) => {
      expect(readPod(pod({ podIP: "10.0.0.7", podIPs: [{ ip: "10.0.0.7" }, { ip }] }))).toEqual({
        readable: false,
        name: "default/web-0",
        path: "status.podIPs[1].ip",
        why: `${JSON.stringify(ip)} is no IP address`,
      });
      expect(readPod(pod({ podIP: ip }))).toMatchObject({ readable: false, path: "status.podIP" });
    },
  );

  it("H02 has no address yet where none is written, and is readable all the same", () => {
    for (const status of [{}, { podIP: "" }, { podIP: "", podIPs: [] }, { podIPs: [{}] }])
      expect(view(pod(status)).addresses).toEqual([]);
    expect(view({ ...pod({}), status: undefined }).addresses).toEqual([]);
  });

  it.each([
    ["Pending", false],
    ["Running", false],
    ["Unknown", false],
    ["Evicted", false],
    ["Succeeded", true],
    ["Failed", true],
  ])("H15 in phase %s is finished: %s", (phase, finished) => {
    expect(view(pod({ phase, podIP: "10.0.0.7" })).finished).toBe(finished);
  });

  it("tells its node, hostNetwork, and that it is being deleted", () => {
    const raw = pod(
      {},
      { nodeName: "node-1", hostNetwork: true },
      { deletionTimestamp: "2026-06-01T12:00:00Z" },
    );
    expect(view(raw)).toMatchObject({
      nodeName: "node-1",
      hostNetwork: true,
      terminating: true,
      finished: false,
    });
  });

  it("H18 is kept by an annotation that says anything but false", () => {
    const annotated = (value: string) => view(pod({}, {}, { annotations: { "vpcip.dev/keep": value } })).keep;
    expect(["true", "", "because", "false"].map(annotated)).toEqual([true, true, true, false]);
  });

  it.each<[string, unknown, string]>([
    ["null", null, ""],
    ["a text", "pod", ""],
    ["without metadata", { spec: {} }, "metadata"],
    ["without UID", pod({}, {}, { uid: undefined }), "metadata.uid"],
    ["without namespace", pod({}, {}, { namespace: undefined }), "metadata.namespace"],
    ["without spec", { ...pod({}), spec: undefined }, "spec"],
    ["with a podIP that is no text", pod({ podIP: 7 }), "status.podIP"],
    ["with podIPs that are no list", pod({ podIPs: "10.0.0.7" }), "status.podIPs"],
    ["of another kind", { kind: "Node", ...pod({}) }, "kind"],
  ])("H20 is unreadable when it is %s", (_, raw, path) => {
    expect(readPod(raw)).toMatchObject({ readable: false, path });
  });
});

describe("a Node", () => {
  const node = (providerID?: string, labels?: object, nodeInfo?: object) => ({
    metadata: { name: "i-0aaaaaaaaaaaaaaaa", uid: "uid-1", labels },
    spec: { providerID },
    status: { nodeInfo },
  });
  const instanceOf = (providerID?: string) => {
    const read = readNode(node(providerID));
    return read.readable ? read.object.instanceID : read.why;
  };

  it("H10 is of the instance that its provider ID names, and of none where that names none", () => {
    expect(instanceOf("aws:///eu-west-1a/i-0123456789abcdef0")).toBe("i-0123456789abcdef0");
    expect(instanceOf("aws:////i-0123456789abcdef0")).toBe("i-0123456789abcdef0");
    for (const other of [
      undefined,
      "",
      "kind://docker/i-0123",
      "aws:///eu-west-1a/fargate-ip-10-0-0-7",
      "i-",
    ])
      expect(instanceOf(other)).toBeUndefined();
  });

  it("H11 tells its boot and its UID", () => {
    expect(readNode(node(undefined, {}, { bootID: "boot-1" }))).toMatchObject({
      readable: true,
      object: { uid: "uid-1", bootID: "boot-1" },
    });
  });

  it("is of the group that the first known label names", () => {
    const labels = { "eks.amazonaws.com/nodegroup": "workers", "karpenter.sh/nodepool": "pool" };
    expect(readNode(node(undefined, labels))).toMatchObject({ object: { group: "workers" } });
    expect(readNode(node(undefined, { ...labels, "vpcip.dev/node-group": "mine" }))).toMatchObject({
      object: { group: "mine" },
    });
  });

  it("is unreadable with its place", () => {
    expect(readNode({ metadata: {} })).toMatchObject({ readable: false, path: "metadata.name" });
    expect(readNode(node(7 as unknown as string))).toMatchObject({
      readable: false,
      path: "spec.providerID",
    });
  });
});

const inputs = new URL("../../../../shared/inputs/", import.meta.url);
const recorded = existsSync(inputs) ? describe : describe.skip;

recorded("dumps of real clusters (skipped where ../shared/inputs is absent)", () => {
  const read = (file: string) => parse(readFileSync(new URL(file, inputs), "utf8"));

  it("show Pods with the addresses of their hosts and their own", () => {
    const pods = (read("pods.json") as { items: unknown[] }).items.map(view);
    expect(pods.map(({ hostNetwork, addresses }) => [hostNetwork, ...addresses])).toEqual([
      [true, "10.0.10.170"],
      [true, "10.0.20.143"],
      [false, "10.0.10.194"],
      [false, "10.0.10.210"],
      [true, "10.0.20.143"],
      [true, "10.0.10.170"],
    ]);
  });

  it("show Nodes with their instances and groups", () => {
    for (const raw of (read("nodes.json") as { items: unknown[] }).items) {
      expect(readNode(raw)).toMatchObject({
        readable: true,
        object: {
          instanceID: expect.stringMatching(/^i-[0-9a-f]{17}$/),
          bootID: expect.any(String),
          group: "ecommerce-dev-node-group",
        },
      });
    }
  });

  it("H14 show a Pod that is terminating with its address", () => {
    expect(view(read("argo-pod-deletion.yaml"))).toMatchObject({
      terminating: true,
      finished: false,
      addresses: ["172.17.0.9"],
    });
  });

  it("H15 show a Pod that has succeeded and still shows an address", () => {
    expect(view(read("argo-pod-succeeded.yaml"))).toMatchObject({
      finished: true,
      addresses: ["172.17.0.9"],
    });
  });
});
