/** Addresses of a node of ours that are somebody else's all the same, from the mark pass to EC2. */
import { describe, expect, test } from "@jest/globals";
import type { Address } from "../../src/domain/address.ts";
import { ANNOTATION, TAG } from "../../src/domain/objects/names.ts";
import type { SandboxNode } from "../../src/sandbox/engine/node.ts";
import * as keepers from "../../src/sandbox/scenarios/keepers.ts";
import { goes, laidWith, twoDays } from "./laid.ts";

/** An interface of the node with two addresses that nobody accounts for but its tags. */
function tagged(node: SandboxNode, tags: Readonly<Record<string, string>>): readonly Address[] {
  const { world } = node;
  const id = world.ec2.seed.createInterface({
    subnetID: node.subnetID,
    secondary: 2,
    tags: { ...node.tags(), ...tags },
    attachment: { instanceID: node.instanceID, deviceIndex: 5 },
  });
  return world.assignedTo(id);
}

/** A record of a Pod that is gone, or the Pod itself finished, with a person's word or without. */
function record(node: SandboxNode, annotations: Readonly<Record<string, string>>): readonly Address[] {
  const place = node.spare();
  const claim = { namespace: "default", name: "vm", podUID: "no-pod", containerID: "no-container" };
  node.layRecord(place, { claim }, { annotations });
  return [place.address];
}

function finishedPod(node: SandboxNode, annotations: Readonly<Record<string, string>>): readonly Address[] {
  const pod = node.runPod("job");
  goes(node, pod);
  node.world.kubernetes.erase("vpcips.vpcip.dev", pod.address);
  node.layPod(pod, { phase: "Succeeded", podIP: pod.address }, { annotations });
  return [pod.address];
}

const OTHER_UID = "11111111-2222-4333-8444-555555555555";

describe.each(["ipamd", "cni"] as const)("H18 an owner that no Pod tells, on a node with %s", (allocator) => {
  test.each<[string, (node: SandboxNode) => readonly Address[], (node: SandboxNode) => readonly Address[]]>([
    ["a person's tag on the interface", (on) => tagged(on, { [TAG.keep]: "a VM" }), (on) => tagged(on, {})],
    [
      "the VPC CNI's no-manage tag",
      (on) => tagged(on, { [TAG.vpcCniNoManage]: "true" }),
      (on) => tagged(on, { [TAG.vpcCniNoManage]: "false" }),
    ],
    ["another cluster's tag", (on) => tagged(on, { [TAG.clusterUID]: OTHER_UID }), (on) => tagged(on, {})],
    [
      "a person's annotation on the VpcIP",
      (on) => record(on, { [ANNOTATION.keep]: "mine" }),
      (on) => record(on, { [ANNOTATION.keep]: "false" }),
    ],
    [
      "a person's annotation on a finished Pod",
      (on) => finishedPod(on, { [ANNOTATION.keep]: "mine" }),
      (on) => finishedPod(on, {}),
    ],
  ])("keeps by %s; releases without it", async (_owner, kept, released) => {
    const owned = await laidWith(kept, { allocator });
    await twoDays(owned.cluster);
    const there = owned.laid.map((address) => owned.cluster.has(address));
    expect(there).toEqual(owned.laid.map(() => true));
    expect(owned.cluster.released).toEqual([owned.leaked]);
    const free = await laidWith(released, { allocator });
    await twoDays(free.cluster);
    expect([...free.cluster.released].sort()).toEqual([...free.laid, free.leaked].sort());
  });

  test.each([
    ["Never", "by its record and its claim", false],
    ["AfterExpiry", "by its record and its claim", false],
    ["Never", "by its claim alone", true],
    ["AfterExpiry", "by its claim alone", true],
  ] as const)("keeps what a static claim retains: %s, %s", async (policy, _how, isAlone) => {
    const { cluster, leaked } = await laidWith(
      (on) => {
        keepers.retained(on, "db", policy);
        const claim = on.world.api.get("vpcipclaims", { namespace: "default", name: "db" });
        const status = claim?.["status"] as { readonly address?: string } | undefined;
        if (isAlone) on.world.kubernetes.erase("vpcips.vpcip.dev", status?.address ?? "");
      },
      { allocator },
    );
    await twoDays(cluster);
    expect([cluster.released, cluster.wrong]).toEqual([[leaked], []]);
  });

  test("keeps the interfaces that AWS manages in the subnet, and those of a namesake (H65)", async () => {
    const { cluster, leaked } = await laidWith(
      (on) => {
        keepers.awsServices(on);
        keepers.namesake(on);
      },
      { allocator },
    );
    const ids = () => cluster.world.ec2.snapshot().map(({ id }) => id);
    const before = ids();
    await twoDays(cluster);
    expect([ids(), cluster.released, cluster.wrong]).toEqual([before, [leaked], []]);
  });
});
