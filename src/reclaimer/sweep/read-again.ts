import type { Address } from "../../domain/address.ts";
import { parseAddress } from "../../domain/address.ts";
import type {
  Evidence,
  InstanceState,
  NetworkInterface,
  NodeView,
  PodView,
  ReportEvidence,
  VpcIPEvidence,
} from "../../domain/evidence.ts";
import { allAddresses } from "../../domain/judgement/facts.ts";
import { lastAllocator, lastInstance } from "../../domain/node-lease.ts";
import type { Lease } from "../../domain/objects/lease.ts";
import type { Parsed } from "../../domain/objects/metadata.ts";
import { TAG } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { wholeRecords } from "../collect/closer-look.ts";
import { claimsOf, serverTime } from "../collect/lists.ts";
import type { Sentinels } from "../guard/memory.ts";
import { wholeStaticClaims } from "../guard/whole-lists.ts";
import type { HeldLease } from "../node-lease/held-lease.ts";
import type { Settings, SweepPorts } from "../settings.ts";

/** Everything of one node, read while its world is stopped, most recent (design §4.3, H06). */
export interface NodeTruth {
  readonly evidence: Evidence;
  readonly config: StoredNodeENIConfig | undefined;
  /** Interfaces that tombstones of the node's records bind, wherever they are, as far as EC2 knows them. */
  readonly bound: readonly NetworkInterface[];
}

/** What is known of the stop itself. */
export interface Stopped {
  readonly node: string;
  readonly sentinels: Sentinels;
  readonly lease: HeldLease;
  /** The allocator handed over to this very request: its instance runs. */
  readonly answered: boolean;
}

/**
 * Reads again in the same order as the mark pass: EC2, then who keeps addresses, then the Pods. One EC2 Describe for a
 * living node whose allocator answered; EC2 is asked for the instance only where nobody has proved that it runs.
 */
export async function readAgain(ports: SweepPorts, settings: Settings, stopped: Stopped): Promise<NodeTruth> {
  const { cluster } = ports;
  const before = await cluster.getNodeConfig(stopped.node);
  const instanceID =
    before.found && before.object.readable ? before.object.object.status?.instanceID : undefined;
  const suspects = wholeRecords(await cluster.listVpcIPsOfNode(stopped.node));
  const { interfaces, bound } = await readInterfaces(ports, instanceID, suspects);
  const instances = await readInstances(
    ports,
    stopped,
    before.found ? instanceID : lastInstance(stopped.lease.lease),
    interfaces,
    suspects,
  );

  const found = await cluster.getNodeConfig(stopped.node);
  const vpcIPs = wholeRecords(await cluster.listVpcIPsOfNode(stopped.node));
  const pods = [...(await cluster.listPodsOfNode(stopped.node))];
  const node = await cluster.getNode(stopped.node);
  const claims = await readClaims(ports, stopped.sentinels, interfaces, vpcIPs, pods);
  const ofOthers = await readOfOthers(ports, stopped.node, interfaces, vpcIPs, pods);
  const config = found.found ? found.object : undefined;
  const stored = config?.readable === true ? config.object : undefined;
  const seenNode = node.found ? node.object : "missing";
  // Read last of all: whoever took the lease over meanwhile, whatever our clock says, is seen here, and his name with him.
  const lease = await stopped.lease.readNow();
  const report =
    lease === undefined
      ? invalid("the lease is another's by now")
      : reportOf({ lease, answered: stopped.answered }, stored, seenNode, instances);
  return {
    config: stored,
    bound,
    evidence: {
      cluster: { name: settings.clusterName, uid: stopped.sentinels.clusterUID },
      now: serverTime(ports),
      interfaces,
      nodes: new Map(config === undefined ? [] : [[stopped.node, { config, node: seenNode, report }]]),
      vpcIPs,
      ofOthers,
      pods,
      claims,
      instances,
    },
  };
}

interface Interfaces {
  readonly interfaces: readonly NetworkInterface[];
  readonly bound: readonly NetworkInterface[];
}

/** The interfaces of the living instance, those that records of the node name besides, and those that tombstones bind. */
async function readInterfaces(
  { cloud }: SweepPorts,
  instanceID: string | undefined,
  records: ReadonlyMap<Address, VpcIPEvidence>,
): Promise<Interfaces> {
  const ofInstance = instanceID === undefined ? [] : await cloud.interfacesOfInstance(instanceID);
  const known = new Set(ofInstance.map(({ id }) => id));
  const named = new Set<string>();
  const bound = new Set<string>();
  for (const record of records.values()) {
    if (record.known !== "whole") continue;
    const { interfaceID, tombstones = [] } = record.object.spec;
    if (interfaceID !== undefined && !known.has(interfaceID)) named.add(interfaceID);
    for (const tombstone of tombstones) bound.add(tombstone.interfaceID);
  }
  const asked = [...new Set([...named, ...bound])].filter((id) => !known.has(id));
  const others = asked.length === 0 ? [] : await cloud.interfacesByID(asked);
  return {
    interfaces: [...ofInstance, ...others.filter(({ id }) => named.has(id))],
    bound: [...ofInstance, ...others].filter(({ id }) => bound.has(id)),
  };
}

/**
 * Who has the names of a detached interface's addresses, and what Pods of other nodes show that the node's records name, where no
 * record of the node does. A node without either costs no call.
 */
async function readOfOthers(
  { cluster }: SweepPorts,
  node: string,
  interfaces: readonly NetworkInterface[],
  known: ReadonlyMap<Address, VpcIPEvidence>,
  pods: readonly PodView[],
): Promise<ReadonlyMap<Address, VpcIPEvidence>> {
  const detached = interfaces.filter(({ attachment }) => attachment === undefined);
  const named = new Set<string>();
  for (const record of known.values())
    if (record.known === "whole" && record.object.spec.claim !== undefined)
      named.add(record.object.spec.claim.podUID);
  const elsewhere = pods.filter(({ uid, nodeName }) => named.has(uid) && nodeName !== node);
  const shown = elsewhere.flatMap(({ addresses }) => addresses);
  const asked = new Set([...detached.flatMap(allAddresses), ...shown].filter((one) => !known.has(one)));
  const others = new Map<Address, VpcIPEvidence>();
  for (const address of asked) {
    const found = await cluster.getVpcIP(address);
    const record = found.found ? wholeRecords([found.object]).get(address) : undefined;
    if (record !== undefined) others.set(address, record);
  }
  return others;
}

async function readInstances(
  { cloud }: SweepPorts,
  stopped: Stopped,
  instanceID: string | undefined,
  interfaces: readonly NetworkInterface[],
  records: ReadonlyMap<Address, VpcIPEvidence>,
): Promise<ReadonlyMap<string, InstanceState>> {
  const asked = new Set<string>();
  for (const record of records.values()) {
    const id = record.known === "whole" ? record.object.spec.instanceID : undefined;
    if (id !== undefined && id !== instanceID) asked.add(id);
  }
  // A lent record names no instance: the tag of its interface does.
  for (const { attachment, tags } of interfaces) {
    const id = attachment === undefined ? tags?.[TAG.instance] : undefined;
    if (id !== undefined && id !== instanceID) asked.add(id);
  }
  const isAttached = interfaces.some(({ attachment }) => attachment?.instanceID === instanceID);
  if (instanceID !== undefined && (!stopped.answered || !isAttached)) asked.add(instanceID);
  const states = new Map(asked.size === 0 ? [] : await cloud.instanceStates([...asked]));
  if (instanceID !== undefined && stopped.answered && !states.has(instanceID))
    states.set(instanceID, "running");
  return states;
}

/**
 * The static claims, for one of them may name an address by its status alone; those that records name besides; and the Pod
 * of each that matters here, for a static Pod may be back on another node (H34).
 */
async function readClaims(
  { cluster }: SweepPorts,
  sentinels: Sentinels,
  interfaces: readonly NetworkInterface[],
  records: ReadonlyMap<Address, VpcIPEvidence>,
  pods: PodView[],
): Promise<ReadonlyMap<string, Parsed<StoredVpcIPClaim>>> {
  const claims = new Map(claimsOf(await wholeStaticClaims(cluster, sentinels)));
  const here = new Set<string>([...records.keys(), ...interfaces.flatMap(({ addresses }) => addresses)]);
  const relevant = new Map<string, { readonly namespace: string; readonly name: string }>();
  for (const [key, claim] of claims) {
    if (!claim.readable || !here.has(parseAddress(claim.object.status?.address ?? "") ?? "")) continue;
    const { namespace = "", name } = claim.object.metadata;
    relevant.set(key, { namespace, name });
  }
  for (const record of records.values()) {
    const claim = record.known === "whole" ? record.object.spec.claim : undefined;
    if (claim?.uid === undefined) continue;
    const { namespace, name } = claim;
    const key = `${namespace}/${name}`;
    relevant.set(key, { namespace, name });
    if (claims.has(key)) continue;
    const found = await cluster.getClaim(namespace, name);
    if (found.found) claims.set(key, found.object);
  }
  const uids = new Set(pods.map(({ uid }) => uid));
  for (const { namespace, name } of relevant.values()) {
    const pod = await cluster.getPod(namespace, name);
    if (pod.found && !uids.has(pod.object.uid)) pods.push(pod.object);
  }
  return claims;
}

/**
 * Whether the allocator's report holds (design §3): written at its last acquisition of the lease, in the node's present
 * boot, on the instance that the Node names; and the instance runs, by the allocator's answer or by EC2's word.
 */
export function reportOf(
  { lease, answered }: { readonly lease: Lease; readonly answered: boolean },
  config: StoredNodeENIConfig | undefined,
  node: NodeView | "missing",
  instances: ReadonlyMap<string, InstanceState>,
): ReportEvidence {
  const status = config?.status;
  if (status?.reportedUnder === undefined) return invalid("the allocator has never reported");
  const last = lastAllocator(lease);
  if (last === undefined) return invalid("the lease does not say which allocator held it last");
  if (last !== status.reportedUnder) return invalid("an allocator has worked since the report");
  if (node === "missing") return invalid("the Node is gone");
  if (status.bootID === undefined || status.bootID !== node.bootID)
    return invalid("the node has booted since the report");
  if (status.instanceID === undefined || status.instanceID !== node.instanceID)
    return invalid("the Node is another instance");
  if (!answered && instances.get(status.instanceID) !== "running")
    return invalid("nothing proves that the instance runs");
  // Each allocator writes all three, [] too: a list that isn't there was pruned, and says nothing (H20).
  if (status.inUse === undefined) return invalid("the report has no list of sandboxes");
  if (status.pool === undefined || status.cooling === undefined)
    return invalid("the report says not what is pooled and cooling");
  if (status.inUse.some(({ address }) => parseAddress(address) === undefined)) {
    return invalid("the report holds an address that is none");
  }
  return { valid: true };
}

const invalid = (why: string): ReportEvidence => ({ valid: false, why });
