import { ANNOTATION, SENTINEL, SYSTEM_NAMESPACE } from "../../domain/objects/names.ts";
import type { NodeENIConfigStatus } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { KubeObject } from "../kubernetes/index.ts";
import { FOREIGN_NODE } from "./others.ts";
import type { SimPod } from "./pods.ts";
import type { Simulation } from "./simulation.ts";

/** What has not come right yet. Empty where all is well. */
export function unsettled(simulation: Simulation): readonly string[] {
  const { functions, person, world } = simulation;
  return [
    ...(person.isFrozen ? ["a freeze is on"] : []),
    ...(functions.active > 0 ? ["functions are at work"] : []),
    ...(world.queue.messages().length > 0 ? ["messages are left"] : []),
    ...wrongInterfaces(simulation),
    ...wrongRecords(simulation),
    ...leftOvers(simulation),
    ...pendingPods(simulation),
  ];
}

/** What the allocators keep, by node. */
function statuses({ world }: Simulation): ReadonlyMap<string, NodeENIConfigStatus> {
  const configs = world.kubernetes.objects("nodeeniconfigs.vpcip.dev");
  return new Map(
    configs.map(({ metadata, status }) => [metadata.name, (status ?? {}) as NodeENIConfigStatus]),
  );
}

/** Leaked addresses and orphaned interfaces. */
function wrongInterfaces(simulation: Simulation): readonly string[] {
  const { world, nodes, oracle, statics } = simulation;
  const wrong: string[] = [];
  const known = statuses(simulation);
  const records = world.kubernetes.objects("vpcips.vpcip.dev") as unknown as StoredVpcIP[];
  const claimUIDs = new Map(records.map(({ metadata, spec }) => [metadata.name, spec.claim?.uid]));
  for (const item of world.ec2.snapshot()) {
    if (oracle.isOfOthers(item.id)) continue;
    const node = nodes.find(({ instanceID }) => instanceID === item.instanceID);
    if (node === undefined) {
      wrong.push(`${item.id} is left over`);
      continue;
    }
    const { pool = [], cooling = [] } = known.get(node.name) ?? {};
    const kept = new Set(
      [...pool, ...cooling]
        .filter(({ interfaceID }) => interfaceID === item.id)
        .map(({ address }) => address),
    );
    for (const sandbox of node.sandboxes.values())
      if (sandbox.interfaceID === item.id) kept.add(sandbox.address);
    for (const address of item.secondary) {
      const isRetained =
        oracle.retained(address, item.id) !== undefined || statics.retains(address, claimUIDs.get(address));
      if (!kept.has(address) && !isRetained) wrong.push(`${address} on ${item.id} of ${node.name} is leaked`);
    }
  }
  return wrong;
}

/** Marks, intents and tombstones, and records that nobody stands behind. */
function wrongRecords({ world, pods, statics }: Simulation): readonly string[] {
  return (world.kubernetes.objects("vpcips.vpcip.dev") as unknown as StoredVpcIP[]).flatMap(
    ({ metadata: { name }, spec }) => {
      if (name === SENTINEL.vpcIP) return [];
      if (spec.leak !== undefined) return [`VpcIP ${name} is marked`];
      if (spec.release !== undefined) return [`VpcIP ${name} has an intent`];
      if (spec.tombstones !== undefined) return [`VpcIP ${name} has a tombstone`];
      const pod = pods.all.get(spec.claim?.podUID ?? "");
      const isHeld = pod?.node.sandboxes.get(pod.containerID)?.address === name;
      return isHeld || statics.retains(name, spec.claim?.uid) ? [] : [`VpcIP ${name} is nobody's`];
    },
  );
}

/** Configs and leases of nodes that are gone, requests, open refills. */
function leftOvers({ world, nodes }: Simulation): readonly string[] {
  const living = new Set(nodes.filter(({ power }) => power !== "gone").map(({ name }) => name));
  living.add(FOREIGN_NODE);
  const wrong: string[] = [];
  for (const { metadata, ...config } of world.kubernetes.objects("nodeeniconfigs.vpcip.dev")) {
    if (metadata.name === SENTINEL.nodeENIConfig) continue;
    const { refills = [] } = ((config as KubeObject)["status"] ?? {}) as NodeENIConfigStatus;
    if (!living.has(metadata.name)) wrong.push(`NodeENIConfig ${metadata.name} is left over`);
    if (refills.length > 0) wrong.push(`${metadata.name} has an open refill`);
  }
  for (const { metadata } of world.kubernetes.objects("leases.coordination.k8s.io")) {
    if (metadata.namespace !== SYSTEM_NAMESPACE) continue;
    if (!living.has(metadata.name)) wrong.push(`Lease ${metadata.name} is left over`);
    const requests = Object.keys(metadata.annotations ?? {}).filter((key) =>
      key.startsWith(ANNOTATION.handOverRequestPrefix),
    );
    if (requests.length > 0)
      wrong.push(`${requests.length} requests are left on the lease of ${metadata.name}`);
  }
  return wrong;
}

/** Pods that want an address and have none. */
function pendingPods({ nodes, pods, statics, world, subnetID, oracle }: Simulation): readonly string[] {
  /**
   * What somebody else has got meanwhile can't come back: nothing was reserved for static claims in this subnet. What one of our
   * nodes has got, and nobody uses, can, where the interface isn't one that we may not touch.
   */
  const isStolen = ({ name }: SimPod): boolean => {
    const told = statics.toldOf(name);
    const owner = told && world.ec2.ownerOf(subnetID, told.address);
    if (told === undefined || owner === undefined || owner === told.interfaceID) return false;
    const item = world.ec2.snapshot().find(({ id }) => id === owner);
    const holder = nodes.find(({ instanceID }) => instanceID === item?.instanceID);
    const isUsed = [...(holder?.sandboxes.values() ?? [])].some(({ address }) => address === told.address);
    const isMovable = item?.secondary.includes(told.address) === true && !oracle.isOfOthers(item.id);
    return holder === undefined || isUsed || !isMovable;
  };
  return [...pods.all.values()]
    .filter((pod) => pod.isWanted && !pod.isRunning && !isStolen(pod))
    .map(({ name, node }) => `Pod ${name} on ${node.name} has no address`);
}
