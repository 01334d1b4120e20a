import { API_GROUP, API_VERSION, LABEL, TAG } from "../../domain/objects/names.ts";
import type { SandboxNode } from "../engine/node.ts";
import { claimOf } from "../engine/node.ts";

/** How addresses leak: hazards of the second part, each laid as it is found the day after. */

/** H40: the CNI was killed between EC2's answer and its record. */
export function neverRecorded(node: SandboxNode): void {
  node.spare();
}

/** The Pod is gone, the release failed, the record stays. */
export function podGone(node: SandboxNode, name: string): void {
  const pod = node.runPod(name);
  node.endSandbox(pod);
  node.world.kubernetes.erase("pods", pod.name, pod.namespace);
}

/** H44: a Job's Pod has ended and still stands there with its address. */
export function podFinished(
  node: SandboxNode,
  name: string,
  phase: "Succeeded" | "Failed",
  reason?: string,
): void {
  const pod = node.runPod(name, { status: { phase, ...(reason === undefined ? {} : { reason }) } });
  node.endSandbox(pod);
}

/** H42, H43: the Pod got a new sandbox with a new address; the old one's DEL never came. */
export function sandboxReplaced(node: SandboxNode, name: string): void {
  const old = node.runPod(name);
  node.endSandbox(old);
  const place = node.spare();
  const next = { ...old, ...place, containerID: `again-${old.containerID.slice(6)}` };
  node.startSandbox(next);
  node.layRecord(place, { claim: claimOf(next) });
  node.world.kubernetes.erase("pods", old.name, old.namespace);
  node.layPod(next, { phase: "Running", podIP: place.address });
}

/** H41: the agent was killed between detach and delete; its instance lives. */
export function detachedInterface(node: SandboxNode): string {
  const id = node.world.ec2.seed.createInterface({
    subnetID: node.subnetID,
    secondary: 2,
    description: `vpcip ${node.name}`,
    tags: node.tags(),
  });
  node.world.truth.orphan(id, node.name);
  return id;
}

/** H48: a run wrote its intent and died before it asked EC2. */
export function unfinishedRelease(node: SandboxNode): void {
  const place = node.spare();
  const { world } = node;
  node.layRecord(place, {
    leak: { cause: "never-recorded", scope: "Address", firstObservedAt: world.timestamp(-7200) },
    release: { run: "died-before-ec2", interfaceID: place.interfaceID, time: world.timestamp(-3600) },
  });
}

/** H48: a run released the address and died before it dropped the record: the name stays taken. */
export function unfinishedRecord(node: SandboxNode): void {
  const place = node.spare();
  const { world } = node;
  world.ec2.call("UnassignPrivateIpAddresses", {
    NetworkInterfaceId: place.interfaceID,
    PrivateIpAddresses: [place.address],
  });
  node.layRecord(place, {
    leak: { cause: "never-recorded", scope: "Address", firstObservedAt: world.timestamp(-7200) },
    release: { run: "died-after-ec2", interfaceID: place.interfaceID, time: world.timestamp(-3600) },
  });
}

/** H49: records of an instance that is gone with its interfaces. Their names are taken for ever. */
export function recordOfDeadInstance(node: SandboxNode, address: string, instanceID: string): void {
  node.layRecord(
    { address: address as never, interfaceID: "eni-0dead00000000dead" },
    {
      instanceID,
      nodeName: "gone-node",
      claim: { namespace: "default", name: "gone", podUID: "gone", containerID: "gone" },
    },
  );
}

/** A static claim whose policy says that its time is over. */
export function claimExpired(node: SandboxNode, name: string): void {
  const place = node.spare();
  const claim = layClaim(node, name, place.address, {
    spec: { static: true, reclaimPolicy: "AfterExpiry", expireAfter: "1h" },
    detachedSeconds: -7200,
  });
  node.layRecord(
    place,
    {
      claim: { namespace: "default", name, uid: claim, podUID: `uid-of-${name}`, containerID: `was-${name}` },
    },
    { labels: { [LABEL.state]: "Retained" } },
  );
}

export interface ClaimSeed {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly detachedSeconds?: number;
}

/** Returns the claim's UID. */
export function layClaim(
  node: SandboxNode,
  name: string,
  address: string,
  { spec, detachedSeconds }: ClaimSeed,
): string {
  const { world } = node;
  const claim = world.api.lay("vpcipclaims", {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: "VpcIPClaim",
    metadata: { namespace: "default", name, labels: { [LABEL.static]: "true" } },
    spec,
  });
  const answer = world.api.replaceStatus("vpcipclaims", {
    ...claim,
    metadata: { ...claim.metadata },
    status: {
      address,
      nodeName: node.name,
      podUID: `uid-of-${name}`,
      ...(detachedSeconds === undefined ? {} : { detachedAt: world.timestamp(detachedSeconds) }),
    },
  });
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return claim.metadata.uid ?? "";
}

/** An interface of a node that is no more: detached, tagged, its instance unknown to EC2 or terminated. */
export function orphanOf(node: SandboxNode, instanceID: string, secondary = 3): string {
  const id = node.world.ec2.seed.createInterface({
    subnetID: node.subnetID,
    secondary,
    description: "vpcip of a node that is gone",
    tags: { ...node.tags(), [TAG.node]: `gone-${instanceID}`, [TAG.instance]: instanceID },
  });
  node.world.truth.orphan(id, `gone-${instanceID}`);
  return id;
}
