import { beforeEach, describe, expect, test } from "@jest/globals";
import { parseAddress } from "../../../src/domain/address.ts";
import { FREEZE_CONFIG_MAP, SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import type { KubeObject } from "../../../src/sandbox/kubernetes/index.ts";
import { settle } from "../../../src/sandbox/simulate/settle.ts";
import { Simulation } from "../../../src/sandbox/simulate/simulation.ts";
import { unsettled } from "../../../src/sandbox/simulate/unsettled.ts";

let simulation: Simulation;

beforeEach(async () => {
  simulation = new Simulation({ seed: 3, nodes: 1 });
  await simulation.start();
  expect(await settle(simulation)).toEqual([]);
}, 30_000);

const config = (): KubeObject => {
  const found = simulation.world.api.get("nodeeniconfigs", { name: "node-0" });
  if (found === undefined) throw new Error("no config");
  return found;
};

function changeStatus(change: (status: Record<string, unknown>) => Record<string, unknown>): void {
  const before = config();
  const status = change({ ...(before["status"] as Record<string, unknown>) });
  const answer = simulation.world.api.replaceStatus("nodeeniconfigs", {
    ...before,
    metadata: { ...before.metadata },
    status,
  });
  expect(answer.status).toBe(200);
}

const layRecord = (spec: object): void =>
  void simulation.world.api.lay("vpcips", {
    apiVersion: "vpcip.dev/v1alpha1",
    kind: "VpcIP",
    metadata: { name: "10.0.0.99" },
    spec: { nodeName: "node-0", ...spec },
  });

const first = (name: string): KubeObject => {
  const found = simulation.world.api.get("leases", { namespace: SYSTEM_NAMESPACE, name });
  if (found === undefined) throw new Error(`no lease ${name}`);
  return found;
};

describe("what has not come right is seen:", () => {
  const seen = (text: string): void => expect(unsettled(simulation).join("; ")).toContain(text);

  test("a leaked address", () => {
    changeStatus((status) => ({ ...status, pool: [], cooling: [] }));
    seen("is leaked");
  });

  test("a leaked address, unless both its VpcIP and a claim that stands say whose it is", () => {
    const { api, ec2 } = simulation.world;
    const { instanceID } = simulation.nodes[0] ?? {};
    const interfaceID = ec2.snapshot().find((item) => item.instanceID === instanceID)?.id ?? "";
    const [address = ""] = ec2.seed.assign(interfaceID, 1);
    const { name, uid } = simulation.statics.claim("Never", 3_600_000);
    const reference = { namespace: "default", name, podUID: "gone", containerID: "gone", uid };
    api.lay("vpcips", {
      apiVersion: "vpcip.dev/v1alpha1",
      kind: "VpcIP",
      metadata: { name: address },
      spec: { nodeName: "node-0", interfaceID, claim: reference },
    });
    seen(`${address} on ${interfaceID} of node-0 is leaked`);
    const claim = api.get("vpcipclaims", { namespace: "default", name });
    api.replaceStatus("vpcipclaims", { ...claim, status: { address } } as never);
    expect(unsettled(simulation)).toEqual([]);
  });

  test("an orphaned interface", () => {
    simulation.nodes[0]?.leaks.leaveDetached(1);
    seen("is left over");
  });

  test.each([
    [
      "a mark",
      { leak: { cause: "pod-gone", scope: "Address", firstObservedAt: "2026-03-02T03:00:00Z" } },
      "is marked",
    ],
    [
      "an intent",
      { release: { run: "r", interfaceID: "eni-1", time: "2026-03-02T03:00:00Z" } },
      "has an intent",
    ],
    [
      "a tombstone",
      { tombstones: [{ interfaceID: "eni-1", until: "2026-03-02T03:00:00Z" }] },
      "has a tombstone",
    ],
    [
      "a record that nobody stands behind",
      { claim: { namespace: "default", name: "gone", podUID: "gone", containerID: "gone" } },
      "is nobody's",
    ],
  ])("%s", (_what, spec, text) => {
    layRecord(spec);
    seen(text);
  });

  test("an open refill", () => {
    const refill = { id: "r", interfaceID: "eni-1", count: 1, startedAt: "2026-03-02T03:00:00Z" };
    changeStatus((status) => ({ ...status, refills: [refill] }));
    seen("has an open refill");
  });

  test("config and lease of a node that is gone", () => {
    simulation.nodes[0]?.terminate();
    seen("NodeENIConfig node-0 is left over");
    seen("Lease node-0 is left over");
  });

  test("a request that nobody took away", () => {
    const lease = first("node-0");
    const annotations = { ...lease.metadata.annotations, "request.vpcip.dev/lost": "15" };
    simulation.world.api.replace("leases", { ...lease, metadata: { ...lease.metadata, annotations } });
    seen("requests are left on the lease of node-0");
  });

  test("a Pod without an address", () => {
    const [node] = simulation.nodes;
    if (node === undefined) throw new Error("no node");
    simulation.pods.start(node);
    seen("has no address");
  });

  test("a freeze", () => {
    simulation.person.freeze();
    seen("a freeze is on");
    expect(simulation.world.api.get("configmaps", FREEZE_CONFIG_MAP)).toBeDefined();
  });

  test("a message", () => {
    simulation.world.queue.send("{}");
    seen("messages are left");
  });
});

describe("what a static claim took whose Pod never had it", () => {
  /** @param address that the claim says */
  const layClaim = (address: string): void => {
    const { statics, world } = simulation;
    const { name, uid } = statics.claim("Never", 0);
    const { api } = world;
    const object = api.get("vpcipclaims", { namespace: "default", name });
    api.replaceStatus("vpcipclaims", {
      ...object,
      metadata: { ...object?.metadata, name },
      status: { address },
    });
    layRecord({ claim: { namespace: "default", name, uid, podUID: "gone", containerID: "gone" } });
  };

  test("is the claim's where both say so", () => {
    layClaim("10.0.0.99");
    expect(unsettled(simulation)).toEqual([]);
  });

  test("is nobody's where the claim says another", () => {
    layClaim("10.0.0.98");
    expect(unsettled(simulation)).toContain("VpcIP 10.0.0.99 is nobody's");
  });
});

describe("a Pod of a static claim that never had an address", () => {
  /** @param interfaceID that the VpcIP of its address names */
  const layWaiting = (address: string, interfaceID?: string): void => {
    const { nodes, pods, statics, world } = simulation;
    const { name, uid } = statics.claim("Never", 0);
    const object = world.api.get("vpcipclaims", { namespace: "default", name });
    const metadata = { ...object?.metadata, name };
    world.api.replaceStatus("vpcipclaims", { ...object, metadata, status: { address } });
    world.api.lay("vpcips", {
      apiVersion: "vpcip.dev/v1alpha1",
      kind: "VpcIP",
      metadata: { name: address },
      spec: {
        nodeName: "node-0",
        ...(interfaceID === undefined ? {} : { interfaceID }),
        claim: { namespace: "default", name, uid, podUID: "gone", containerID: "gone" },
      },
    });
    const [node] = nodes;
    if (node === undefined) throw new Error("no node");
    pods.start(node, { name });
  };
  const waits = (): boolean => unsettled(simulation).some((text) => text.endsWith("has no address"));

  const ofOthers = (): { id: string; address: string } => {
    const { world, subnetID } = simulation;
    const id = world.ec2.seed.createInterface({ subnetID, secondary: 1 });
    const address = world.ec2.snapshot().find((item) => item.id === id)?.secondary[0];
    if (address === undefined) throw new Error("no address");
    return { id, address };
  };

  test("does not wait for what somebody else has got", () => {
    layWaiting(ofOthers().address);
    expect(waits()).toBe(false);
  });

  test("waits for what is free", () => {
    const { subnetID, world } = simulation;
    const free = Array.from({ length: 120 }, (_, nth) => parseAddress(`10.0.0.${nth + 5}`)).find(
      (address) => address !== undefined && world.ec2.ownerOf(subnetID, address) === undefined,
    );
    layWaiting(free ?? "");
    expect(waits()).toBe(true);
  });

  test("waits for what its VpcIP says is on another interface", () => {
    const { id, address } = ofOthers();
    layWaiting(address, id);
    expect(waits()).toBe(true);
  });

  const ofNode = () => {
    const [node] = simulation.nodes;
    const own = simulation.world.ec2
      .snapshot()
      .find(({ instanceID, secondary }) => instanceID === node?.instanceID && secondary.length > 0);
    const [address] = own?.secondary ?? [];
    if (node === undefined || own === undefined || address === undefined) throw new Error("no address");
    return { node, own, address };
  };

  test("waits for what one of our nodes has, and nobody uses", () => {
    layWaiting(ofNode().address);
    expect(waits()).toBe(true);
  });

  test("does not wait for what another Pod uses", () => {
    const { node, own, address } = ofNode();
    node.sandboxes.set("c", {
      containerID: "c",
      address,
      interfaceID: own.id,
      podUID: "u",
      podNamespace: "default",
      podName: "web",
    });
    layWaiting(address);
    expect(waits()).toBe(false);
  });

  test("does not wait for the primary address of an interface", () => {
    layWaiting(ofNode().own.primary);
    expect(waits()).toBe(false);
  });

  test("does not wait for what lies on an interface of our node that we may not touch", () => {
    const { world, subnetID, oracle } = simulation;
    const { instanceID } = ofNode().node;
    const attachment = { instanceID, deviceIndex: 5 };
    const id = world.ec2.seed.createInterface({ subnetID, secondary: 1, attachment, requesterManaged: true });
    oracle.isForeign(id);
    const [address = ""] = world.ec2.snapshot().find((item) => item.id === id)?.secondary ?? [];
    layWaiting(address);
    expect(waits()).toBe(false);
  });
});
