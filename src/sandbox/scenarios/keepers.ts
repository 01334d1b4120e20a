import { ANNOTATION, API_GROUP, API_VERSION, LABEL, TAG } from "../../domain/objects/names.ts";
import type { SandboxNode } from "../engine/node.ts";
import { layClaim } from "./leaks.ts";

/** What looks leaked and is not: hazards of the first part, as far as they can be laid without code on the node. */

/** H02: handed out, and the kubelet has not written the Pod's status yet. */
export function notYetInStatus(node: SandboxNode, name: string): void {
  node.runPod(name, { podIP: "", status: { phase: "Pending", podIP: "" } });
}

/** H03: the Pod's status spells the address as IPv4-mapped IPv6, and no record tells. */
export function mappedInStatus(node: SandboxNode, name: string): void {
  const pod = {
    ...node.spare(),
    uid: `uid-${name}`,
    name,
    namespace: "default",
    containerID: `container-${name}`,
  };
  node.startSandbox(pod);
  node.layPod(pod, { phase: "Running", podIP: `::ffff:${pod.address}` });
}

/** H04: the old Pod of that name is gone, the new one has an address of its own. */
export function sameNameNewPod(node: SandboxNode, name: string): void {
  const old = node.runPod(name);
  node.endSandbox(old);
  node.world.kubernetes.erase("pods", old.name, old.namespace);
  node.runPod(name);
}

/** H13, H27: force-deleted, while the container and its network still run. */
export function forceDeleted(node: SandboxNode, name: string): void {
  const pod = node.runPod(name);
  node.world.kubernetes.erase("pods", pod.name, pod.namespace);
}

/** H14: terminating, with a long grace. */
export function terminating(node: SandboxNode, name: string): void {
  const pod = node.runPod(name);
  node.world.kubernetes.erase("pods", pod.name, pod.namespace);
  node.layPod(
    pod,
    { phase: "Running", podIP: pod.address },
    {
      deletionTimestamp: node.world.timestamp(3600).slice(0, 19).concat("Z"),
      deletionGracePeriodSeconds: 7200,
    },
  );
}

/** H18: a person's annotation. */
export function optedOutRecord(node: SandboxNode): void {
  const place = node.spare();
  node.layRecord(
    place,
    { claim: { namespace: "default", name: "vm", podUID: "not-a-pod", containerID: "not-a-container" } },
    { annotations: { [ANNOTATION.keep]: "a virtual machine uses it" } },
  );
  node.world.truth.need(place.address, place.interfaceID, "opt-out");
}

/** H18: a tag on the interface. */
export function optedOutInterface(node: SandboxNode): void {
  const { world } = node;
  const id = world.ec2.seed.createInterface({
    subnetID: node.subnetID,
    secondary: 2,
    tags: { ...node.tags(), [TAG.keep]: "true" },
    attachment: { instanceID: node.instanceID, deviceIndex: 7 },
  });
  for (const address of world.assignedTo(id)) world.truth.need(address, id, "opt-out");
}

/** H20: a record of a shape that this version doesn't know. */
export function unknownShape(node: SandboxNode): void {
  const place = node.spare();
  node.world.kubernetes.seed("vpcips.vpcip.dev", [
    {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: "VpcIP",
      metadata: {
        name: place.address,
        labels: { [LABEL.node]: node.name, [LABEL.interface]: place.interfaceID },
      },
      spec: {
        nodeName: node.name,
        interfaceID: place.interfaceID,
        holders: [{ pod: "a shape of tomorrow" }],
      },
    },
  ]);
  node.world.truth.need(place.address, place.interfaceID, "unknown-shape");
}

/** H33: a static claim whose Pod is away, and a policy that keeps it. */
export function retained(node: SandboxNode, name: string, reclaimPolicy: "Never" | "AfterExpiry"): void {
  const place = node.spare();
  const uid = layClaim(node, name, place.address, {
    spec: { static: true, reclaimPolicy, ...(reclaimPolicy === "Never" ? {} : { expireAfter: "24h" }) },
  });
  node.layRecord(
    place,
    { claim: { namespace: "default", name, uid, podUID: `uid-of-${name}`, containerID: `was-${name}` } },
    { labels: { [LABEL.state]: "Retained" } },
  );
  node.world.truth.need(place.address, place.interfaceID, "retained");
}

/** H35: a prefix of which one member is in use; the other fifteen have nobody. */
export function prefixInUse(node: SandboxNode, name: string): void {
  const { world } = node;
  const interfaceID = node.addInterface(0, 1);
  const [prefix] = world.ec2.snapshot().find(({ id }) => id === interfaceID)?.prefixes ?? [];
  const address = prefix?.slice(0, -3);
  if (address === undefined) throw new Error("no prefix was to be had");
  node.runPod(name, { at: { address: address as never, interfaceID } });
}

/** H65: an interface of another cluster that has our name. */
export function namesake(node: SandboxNode): void {
  const { world } = node;
  const id = world.ec2.seed.createInterface({
    subnetID: node.subnetID,
    secondary: 2,
    tags: {
      ...node.tags(),
      [TAG.clusterUID]: "11111111-2222-4333-8444-555555555555",
      [TAG.instance]: "i-0123456789abcdef0",
    },
  });
  needAll(node, id);
}

/** A load balancer, a NAT gateway, a function: interfaces that AWS manages in the same subnet. */
export function awsServices(node: SandboxNode): void {
  const { seed } = node.world.ec2;
  const { subnetID } = node;
  seed.createInterface({
    subnetID,
    interfaceType: "nat_gateway",
    requesterManaged: true,
    description: "Interface for NAT Gateway nat-0123456789abcdef0",
    attachment: {},
  });
  seed.createInterface({
    subnetID,
    interfaceType: "network_load_balancer",
    requesterManaged: true,
    description: "ELB net/web/0123456789abcdef",
    attachment: {},
  });
  seed.createInterface({
    subnetID,
    interfaceType: "lambda",
    requesterManaged: true,
    description: "AWS Lambda VPC ENI-report",
    attachment: {},
  });
  seed.createInterface({
    subnetID,
    description: "Amazon EKS sandbox",
    requesterID: "amazon-eks",
    attachment: { instanceOwnerID: "305882430652" },
  });
}

/** H66: stopped; its Pods come back with their addresses when it is started. */
export function stopInstance(node: SandboxNode): void {
  node.world.ec2.seed.setInstanceState(node.instanceID, "stopped");
}

/** Every secondary address of an interface is somebody else's. */
function needAll(node: SandboxNode, interfaceID: string): void {
  const { world } = node;
  for (const address of world.assignedTo(interfaceID)) world.truth.need(address, interfaceID, "foreign");
}
