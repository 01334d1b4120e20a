import { describe, expect, test } from "@jest/globals";
import { SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import { SandboxNode } from "../../../src/sandbox/engine/node.ts";
import { Line } from "../../../src/sandbox/in-process/index.ts";
import * as keepers from "../../../src/sandbox/scenarios/keepers.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { Cluster } from "../harness.ts";

const DEAD = "i-0dead00000000dead";
const interfaces = (cluster: Cluster) => cluster.world.ec2.snapshot().map(({ id }) => id);
const names = (cluster: Cluster, resource: string) =>
  cluster.world.api.list(resource).map(({ metadata }) => metadata.name);

/** A node that died with a Pod, a record, an interface that was made to stay, its config and its lease. */
async function deadNode() {
  const cluster = new Cluster();
  const node = cluster.node("dead", { secondaries: 3 });
  const pod = node.runPod("old");
  const orphan = leaks.detachedInterface(node);
  cluster.node("alive").runPod("web");
  await cluster.start();
  cluster.allocator("dead").kill();
  return { cluster, node, pod, orphan };
}

function terminate(cluster: Cluster, node: SandboxNode): void {
  node.terminate();
  node.removeNodeObject();
  cluster.world.kubernetes.erase("pods", "old", "default");
}

describe("a node that is gone", () => {
  test("H41 H49 its interface, its records, its config and its lease are collected", async () => {
    const { cluster, node, pod, orphan } = await deadNode();
    terminate(cluster, node);
    await cluster.day();
    await cluster.daily();
    expect(interfaces(cluster)).not.toContain(orphan);
    expect(cluster.record(pod.address)).toBeUndefined();
    expect(names(cluster, "nodeeniconfigs")).not.toContain("dead");
    expect(cluster.lease("dead")).toBeUndefined();
    expect(cluster.wrong).toEqual([]);
  });

  test("H12 is kept while its instance runs, although its Node is gone", async () => {
    const { cluster, node, pod } = await deadNode();
    node.removeNodeObject();
    await cluster.converge();
    expect(cluster.has(pod.address)).toBe(true);
    expect(names(cluster, "nodeeniconfigs")).toContain("dead");
    expect(cluster.wrong).toEqual([]);
  });

  test("H66 is kept while its instance is stopped", async () => {
    const { cluster, node, pod, orphan } = await deadNode();
    node.removeNodeObject();
    cluster.world.ec2.seed.setInstanceState(node.instanceID, "stopped");
    await cluster.converge();
    expect(cluster.has(pod.address)).toBe(true);
    expect(interfaces(cluster)).toContain(orphan);
    expect(names(cluster, "nodeeniconfigs")).toContain("dead");
  });

  test("H11 keeps a new node of the same name: its config, its addresses, its lease", async () => {
    const { cluster, node } = await deadNode();
    terminate(cluster, node);
    cluster.world.kubernetes.erase("nodeeniconfigs.vpcip.dev", "dead");
    const reborn = new SandboxNode(cluster.world, {
      name: "dead",
      subnetID: cluster.subnetID,
      extraInterfaces: 0,
      secondaries: 3,
    });
    const pod = reborn.runPod("after");
    reborn.poolSpares();
    await cluster.converge();
    expect(cluster.has(pod.address)).toBe(true);
    expect(names(cluster, "nodeeniconfigs")).toContain("dead");
    expect(cluster.wrong).toEqual([]);
  });

  test("H11 does not take the config of a new instance that comes while the old one's is buried", async () => {
    const cluster = new Cluster();
    const node = cluster.node("dead", { allocator: "cni" });
    await cluster.start();
    node.terminate();
    node.removeNodeObject();
    const line = new Line();
    let lists = 0;
    line.fateOf = ({ what }) => {
      // The last look for records before it is buried.
      if (/^GET .*vpcips\?.*spec.nodeName/.test(what) && ++lists === 4)
        node.updateStatus((status) => ({ ...status, instanceID: "i-0123456789abcdef0" }));
      return "through";
    };
    await cluster.sweep("dead", {}, line);
    expect(lists).toBe(4);
    expect(names(cluster, "nodeeniconfigs")).toContain("dead");
  });

  test("H11 counts the two looks of each instance alone: an earlier one's absence says nothing of this one", async () => {
    const { cluster, node } = await deadNode();
    terminate(cluster, node);
    await cluster.wait(61);
    await cluster.daily();
    await cluster.wait(10);
    node.updateStatus((status) => ({ ...status, instanceID: "i-0123456789abcdef0" }));
    await cluster.wait(55);
    await cluster.daily();
    expect(names(cluster, "nodeeniconfigs")).toContain("dead");
    await cluster.wait(61);
    await cluster.daily();
    expect(names(cluster, "nodeeniconfigs")).not.toContain("dead");
  });

  test("gives its lease back where it can't be deleted, because somebody wrote to it", async () => {
    const { cluster, node } = await deadNode();
    terminate(cluster, node);
    await cluster.daily();
    await cluster.wait(31);
    cluster.when({ verb: "DELETE", resource: "leases.coordination.k8s.io" }, () => {
      const lease = cluster.lease("dead");
      const metadata = {
        ...lease?.metadata,
        name: "dead",
        namespace: SYSTEM_NAMESPACE,
        labels: { touched: "yes" },
      };
      cluster.world.api.replace("leases", { ...lease, metadata });
    });
    await cluster.collect("due");
    await cluster.drain();
    await cluster.daily();
    expect(cluster.lease("dead")?.spec.holderIdentity ?? "").toBe("");
  });

  test("H54 a record of an instance that nobody knows goes after two looks an hour apart, and not before", async () => {
    const cluster = new Cluster();
    leaks.recordOfDeadInstance(cluster.node(), "10.0.9.9", DEAD);
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.dueRun(31);
    expect(cluster.record("10.0.9.9")).toBeDefined();
    await cluster.dueRun(31);
    expect(cluster.record("10.0.9.9")).toBeUndefined();
    expect(cluster.lease("gone-node")).toBeUndefined();
  });
});

describe("a detached interface", () => {
  test("H41 is deleted where its instance lives and its allocator doesn't know it", async () => {
    const cluster = new Cluster();
    const orphan = leaks.detachedInterface(cluster.node());
    await cluster.start();
    await cluster.day();
    expect(interfaces(cluster)).not.toContain(orphan);
    expect(cluster.unfinished).toEqual([]);
  });

  test("keeps one that its allocator is attaching", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    const id = leaks.detachedInterface(node);
    node.updateStatus((status) => ({
      ...status,
      interfaces: [...(status.interfaces ?? []), { id, state: "Attaching" }],
    }));
    await cluster.start();
    await cluster.day();
    expect(interfaces(cluster)).toContain(id);
  });

  test("keeps one that was attached between the look and the request: EC2 refuses, and it is reported", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    const orphan = leaks.detachedInterface(node);
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.wait(31);
    cluster.when({ verb: "PUT", resource: "vpcips.vpcip.dev" }, () => {
      cluster.world.ec2.call("AttachNetworkInterface", {
        NetworkInterfaceId: orphan,
        InstanceId: node.instanceID,
        DeviceIndex: 1,
      });
    });
    const { failed } = await cluster.sweep();
    expect(failed.map(({ subject }) => subject)).toEqual([orphan]);
    expect(interfaces(cluster)).toContain(orphan);
  });

  test("H65 keeps one of another cluster with our name", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    const before = interfaces(cluster).length;
    keepers.namesake(node);
    await cluster.start();
    await cluster.converge();
    expect(interfaces(cluster).length).toBe(before + 1);
    expect(cluster.wrong).toEqual([]);
  });

  test("an unclear answer is followed by another look, and nothing is left", async () => {
    const cluster = new Cluster();
    const orphan = leaks.orphanOf(cluster.node(), DEAD);
    await cluster.start();
    cluster.world.ec2Faults.add({ action: "DeleteNetworkInterface", kind: "drop-after", nth: 1 });
    for (let hours = 0; hours < 3; hours++) await cluster.day();
    expect(interfaces(cluster)).not.toContain(orphan);
    expect(cluster.unfinished).toEqual([]);
  });

  test("its records go after it, and never before", async () => {
    const { cluster, node, orphan } = await deadNode();
    const [address = ""] = cluster.world.assignedTo(orphan);
    node.layRecord(
      { address: address as never, interfaceID: orphan },
      { claim: { namespace: "default", name: "x", podUID: "x", containerID: "x" } },
    );
    terminate(cluster, node);
    const fault = cluster.cloudRefuses("DeleteNetworkInterface", "InvalidParameterValue");
    await cluster.day();
    expect(cluster.record(address)).toBeDefined();
    fault.remove();
    await cluster.converge();
    expect(cluster.record(address)).toBeUndefined();
    expect(interfaces(cluster)).not.toContain(orphan);
  });
});

describe("what EC2 shows late", () => {
  test("H07 keeps an address that has moved to another node and is in use there", async () => {
    const cluster = new Cluster();
    const node = cluster.node("a");
    const leaked = node.spare();
    const other = cluster.node("b", { secondaries: 0 });
    await cluster.start();
    await cluster.collect("leaks");
    await cluster.wait(31);
    cluster.world.ec2.setDescribeLag(60 * 60_000);
    const { address, interfaceID } = leaked;
    cluster.world.ec2.call("UnassignPrivateIpAddresses", {
      NetworkInterfaceId: interfaceID,
      PrivateIpAddresses: [address],
    });
    const at = { address, interfaceID: other.interfaceIDs[0] ?? "" };
    cluster.world.ec2.seed.assign(at.interfaceID, [address]);
    cluster.world.kubernetes.erase("vpcips.vpcip.dev", address);
    other.runPod("moved", { at });
    await cluster.sweep("a");
    await cluster.sweep("b");
    expect(cluster.has(address, at.interfaceID)).toBe(true);
    expect(cluster.wrong).toEqual([]);
  });

  test("H07 releases in the end where the view is always minutes old", async () => {
    const cluster = new Cluster();
    const node = cluster.node();
    node.runPod("web");
    leaks.podGone(node, "gone");
    leaks.neverRecorded(node);
    await cluster.start();
    await cluster.wait(30);
    cluster.world.ec2.setDescribeLag(5 * 60_000);
    await cluster.converge();
    expect(cluster.leaks).toEqual([]);
    expect(cluster.wrong).toEqual([]);
  });
});
