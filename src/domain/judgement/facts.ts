import { type Address, parseAddress, prefixMembers } from "../address.ts";
import type { Evidence, ManagedNode, NetworkInterface, PodView, VpcIPEvidence } from "../evidence.ts";
import { SENTINEL } from "../objects/names.ts";
import type { InterfaceState, Refill, Sandbox } from "../objects/nodeeniconfig.ts";
import type { StoredVpcIPClaim } from "../objects/vpcipclaim.ts";
import { type UnreadClaims, unreadClaims } from "./unread-claims.ts";

/** What one node's allocator says it holds, by canonical address. */
export interface NodeFacts {
  readonly name: string;
  readonly managed: ManagedNode;
  readonly instanceID: string | undefined;
  readonly pool: ReadonlySet<Address>;
  readonly cooling: ReadonlySet<Address>;
  readonly inUse: ReadonlyMap<Address, Sandbox>;
  readonly sandboxes: readonly Sandbox[];
  /** Open for so short a while that an allocator may be at work on them. */
  readonly youngRefills: readonly Refill[];
  /** Interfaces that the allocator knows, by ID, with the state that it tells. */
  readonly interfaces: ReadonlyMap<string, InterfaceState | undefined>;
}

/** The evidence, indexed: built once for each judgement. */
export interface Facts {
  readonly evidence: Evidence;
  readonly nodes: ReadonlyMap<string, NodeFacts>;
  readonly nodesOfInstance: ReadonlyMap<string, readonly NodeFacts[]>;
  /** `address interface` of every pool and cooling entry of every node. */
  readonly held: ReadonlyMap<string, string>;
  /** Pods that are not finished, by address. */
  readonly podsAt: ReadonlyMap<Address, readonly PodView[]>;
  /** Pods that a person opted out, finished or not, by address. */
  readonly optedOutAt: ReadonlyMap<Address, PodView>;
  readonly podByUID: ReadonlyMap<string, PodView>;
  /** Two lists of different moments may show two Pods of one name: the one that lives counts. */
  readonly podByName: ReadonlyMap<string, PodView>;
  /** The static claims that name an address: one, or several where a status is old. */
  readonly staticClaimsOf: ReadonlyMap<Address, readonly StoredVpcIPClaim[]>;
  readonly unreadClaims: UnreadClaims;
  readonly vpcIPs: ReadonlyMap<Address, VpcIPEvidence>;
  /** How many VpcIPs name a Pod: two mean that one sandbox was made again. */
  readonly recordsOfPod: ReadonlyMap<string, number>;
  /** The interfaces that have an address, by EC2's list: one, or several where dumps hold VPCs that overlap. */
  readonly holdersOf: ReadonlyMap<Address, readonly NetworkInterface[]>;
}

/**
 * The nodes that an instance may be: those whose NodeENIConfig names it (or whose Node does, where the config doesn't
 * tell), else the one that a tag names and whose config doesn't tell either.
 */
export function nodesOf(
  { nodes, nodesOfInstance }: Facts,
  instanceID: string,
  taggedNode: string | undefined,
): readonly NodeFacts[] {
  const named = nodesOfInstance.get(instanceID);
  if (named !== undefined) return named;
  const tagged = nodes.get(taggedNode ?? "");
  return tagged === undefined || tagged.instanceID !== undefined ? [] : [tagged];
}

export const heldKey = (address: Address, interfaceID: string): string => `${address} ${interfaceID}`;

/** @param refillSeconds how long an open refill keeps what it may have brought */
export function factsOf(evidence: Evidence, refillSeconds: number): Facts {
  const nodes = new Map<string, NodeFacts>();
  const youngAt = ({ startedAt }: Refill) => evidence.now - Date.parse(startedAt) < refillSeconds * 1000;
  const held = new Map<string, string>();
  for (const [name, managed] of evidence.nodes) {
    if (name === SENTINEL.nodeENIConfig) continue;
    nodes.set(name, nodeFacts(name, managed, held, youngAt));
  }
  const vpcIPs = new Map(evidence.vpcIPs);
  vpcIPs.delete(SENTINEL.vpcIP as Address);
  return {
    evidence,
    nodes,
    nodesOfInstance: groupBy(nodes.values(), (node) => node.instanceID),
    held,
    podsAt: podsByAddress(evidence.pods),
    optedOutAt: new Map(
      evidence.pods.flatMap((pod) => (pod.keep ? pod.addresses.map((address) => [address, pod]) : [])),
    ),
    podByUID: new Map(evidence.pods.map((pod) => [pod.uid, pod])),
    podByName: podsByName(evidence.pods),
    staticClaimsOf: staticClaims(evidence),
    unreadClaims: unreadClaims(evidence),
    vpcIPs,
    recordsOfPod: recordsByPod(vpcIPs.values()),
    holdersOf: holders(evidence.interfaces),
  };
}

function nodeFacts(
  name: string,
  managed: ManagedNode,
  held: Map<string, string>,
  isYoung: (refill: Refill) => boolean,
): NodeFacts {
  const status = managed.config.readable ? managed.config.object.status : undefined;
  const addresses = (entries: readonly { address: string; interfaceID: string }[] | undefined) => {
    const set = new Set<Address>();
    for (const entry of entries ?? []) {
      const address = parseAddress(entry.address);
      if (address === undefined) continue;
      set.add(address);
      held.set(heldKey(address, entry.interfaceID), name);
    }
    return set;
  };
  const view = managed.node === "missing" ? undefined : managed.node;
  const inUse = new Map<Address, Sandbox>();
  for (const sandbox of status?.inUse ?? []) {
    const address = parseAddress(sandbox.address);
    if (address !== undefined) inUse.set(address, sandbox);
  }
  return {
    name,
    managed,
    instanceID: status?.instanceID ?? view?.instanceID,
    pool: addresses(status?.pool),
    cooling: addresses(status?.cooling),
    inUse,
    sandboxes: status?.inUse ?? [],
    youngRefills: (status?.refills ?? []).filter(isYoung),
    interfaces: new Map((status?.interfaces ?? []).map(({ id, state }) => [id, state])),
  };
}

function podsByAddress(pods: readonly PodView[]): Map<Address, PodView[]> {
  const byAddress = new Map<Address, PodView[]>();
  for (const pod of pods) {
    if (pod.finished) continue;
    for (const address of pod.addresses) {
      const others = byAddress.get(address);
      if (others === undefined) byAddress.set(address, [pod]);
      else others.push(pod);
    }
  }
  return byAddress;
}

function podsByName(pods: readonly PodView[]): Map<string, PodView> {
  const byName = new Map<string, PodView>();
  for (const pod of pods) {
    const name = `${pod.namespace}/${pod.name}`;
    if (byName.get(name)?.finished !== false) byName.set(name, pod);
  }
  return byName;
}

function staticClaims(evidence: Evidence): Map<Address, StoredVpcIPClaim[]> {
  const byAddress = new Map<Address, StoredVpcIPClaim[]>();
  for (const claim of evidence.claims?.values() ?? []) {
    if (!claim.readable || claim.object.spec.static !== true) continue;
    const address = parseAddress(claim.object.status?.address ?? "");
    if (address !== undefined) byAddress.set(address, [...(byAddress.get(address) ?? []), claim.object]);
  }
  return byAddress;
}

function recordsByPod(records: Iterable<VpcIPEvidence>): Map<string, number> {
  const count = new Map<string, number>();
  for (const record of records) {
    const uid =
      record.known === "labels"
        ? record.labels.podUID
        : record.known === "whole"
          ? record.object.spec.claim?.podUID
          : undefined;
    if (uid !== undefined) count.set(uid, (count.get(uid) ?? 0) + 1);
  }
  return count;
}

function holders(interfaces: readonly NetworkInterface[]): Map<Address, NetworkInterface[]> {
  const byAddress = new Map<Address, NetworkInterface[]>();
  for (const item of interfaces) {
    for (const address of allAddresses(item)) {
      const others = byAddress.get(address);
      if (others === undefined) byAddress.set(address, [item]);
      else if (!others.includes(item)) others.push(item);
    }
  }
  return byAddress;
}

/** Primary, secondaries and prefix members of an interface. */
export function allAddresses(item: NetworkInterface): readonly Address[] {
  const primary = item.primary === undefined ? [] : [item.primary];
  return [...primary, ...item.addresses, ...item.prefixes.flatMap(prefixMembers)];
}

function groupBy<T>(items: Iterable<T>, key: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

/** The record of an address, whichever node it names. */
export const recordAt = ({ vpcIPs, evidence }: Facts, address: Address): VpcIPEvidence | undefined =>
  vpcIPs.get(address) ?? evidence.ofOthers?.get(address);
