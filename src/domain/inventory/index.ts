/** What is there: who uses which addresses, for clusters of any CNI. Pure, read-only, and never a reason to release. */
import type { Address } from "../address.ts";
import type { NetworkInterface, NodeView, PodView } from "../evidence.ts";
import { type AddressBook, addressBook, type Place } from "./book.ts";
import { grouped } from "./grouped.ts";
import { kindOf } from "./kind.ts";
import { holdsAddress, matchPods, type PodMatch } from "./match.ts";
import { identifyNodes, type NodeIdentity } from "./nodes.ts";
import { type DetachedInterface, detachedOf } from "./orphan.ts";
import { nodesOfAwsNode, onlyNamespace } from "./system-pods.ts";
import { type InterfaceUse, totalsOf, type UseTotals, useOf } from "./use.ts";
import { type WarmTargets, warmTargets } from "./warm.ts";

export interface InventoryInput {
  readonly interfaces: readonly NetworkInterface[];
  readonly pods: readonly PodView[];
  readonly nodes: readonly NodeView[];
  /** Instance -> node of the NodeENIConfigs: those nodes are managed. */
  readonly managed: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Names of nodes of EKS Auto Mode, which runs its own CNI. */
  readonly autoNodes?: ReadonlySet<string>;
}

export interface Inventory {
  readonly interfaces: readonly InterfaceUse[];
  readonly nodes: readonly NodeUse[];
  readonly groups: readonly GroupUse[];
  readonly subnets: readonly SubnetUse[];
  readonly detached: readonly DetachedInterface[];
  readonly match: PodMatch;
  readonly totals: UseTotals;
  readonly book: AddressBook;
  readonly identities: ReadonlyMap<string, NodeIdentity>;
  /** Live Pods that show an address. */
  readonly podsByAddress: ReadonlyMap<Address, readonly PodView[]>;
}

export interface NodeUse {
  readonly identity: NodeIdentity;
  readonly managed: boolean;
  /** Something names it a node, or it has addresses to give to Pods. */
  readonly isNode: boolean;
  readonly use: UseTotals;
}

export interface GroupUse {
  readonly group?: string;
  readonly nodes: number;
  readonly use: UseTotals;
  /** For nodes that we don't manage, and only where the Pods fit the interfaces. */
  readonly targets?: WarmTargets;
  /** Why warm targets, which would free something, can't be set there. */
  readonly notSettable?: "auto-mode" | "no-aws-node";
}

export interface SubnetUse {
  readonly subnetID?: string;
  readonly vpcID?: string;
  readonly availabilityZone?: string;
  readonly use: UseTotals;
  /** Addresses taken from the subnet: primaries, secondaries and whole prefixes. */
  readonly taken: number;
}

export function inventoryOf(input: InventoryInput): Inventory {
  const { interfaces, pods } = input;
  const book = addressBook(interfaces);
  const identities = identifyNodes(interfaces, input.nodes, input.managed, pods, book);
  const podsByAddress = livePods(pods);
  const inUseOn = usedBy(podsByAddress, identities, input.nodes);
  const uses = interfaces.map((face): InterfaceUse => {
    const identity = identities.get(face.attachment?.instanceID ?? "");
    return {
      ...useOf(face, kindOf(face), (address) => inUseOn(address, face)),
      ...(identity?.node === undefined ? {} : { node: identity.node }),
      ...(identity?.group === undefined ? {} : { group: identity.group }),
    };
  });
  const byInstance = grouped(
    uses.filter((use) => use.face.attachment?.instanceID !== undefined),
    (use) => use.face.attachment?.instanceID as string,
  );
  const instancesHere = new Set(byInstance.keys());
  const nodes = [...byInstance].map(([instanceID, ofInstance]) => ({
    ...nodeUse(identities.get(instanceID) ?? { instanceID, source: "none" }, input.managed, ofInstance),
    interfacesWithIdle: ofInstance.filter((use) => totalsOf([use]).idle > 0).length,
    auto:
      ofInstance.some(({ face }) => face.operatorManaged === true) ||
      input.autoNodes?.has(identities.get(instanceID)?.node ?? "") === true,
  }));
  const match = withNamespaces(
    matchPods(pods, interfaces, book),
    pods,
    nodes.some(({ isNode, auto }) => isNode && !auto),
  );
  const withAwsNode = nodesOfAwsNode(pods);
  return {
    interfaces: uses,
    nodes,
    groups: [
      ...grouped(
        nodes.filter(({ isNode }) => isNode),
        (node) => node.identity.group,
      ),
    ].map(([group, members]) => {
      const foreign = members.filter((node) => !node.managed);
      const settable = foreign.filter(({ auto, identity }) => !auto && withAwsNode.has(identity.node ?? ""));
      const proven = match.conclusion === "same-cluster";
      const targets = proven ? warmTargets(settable) : undefined;
      const wanted = proven && targets === undefined && warmTargets(foreign) !== undefined;
      const notSettable = foreign.some(({ auto }) => auto) ? "auto-mode" : "no-aws-node";
      return {
        ...(group === undefined ? {} : { group }),
        nodes: members.length,
        use: totalsOf(members.flatMap((node) => byInstance.get(node.identity.instanceID) ?? [])),
        ...(targets === undefined ? {} : { targets }),
        ...(wanted ? { notSettable } : {}),
      };
    }),
    subnets: [...grouped(uses, (use) => use.face.subnetID)].map(([subnetID, ofSubnet]) =>
      subnetUse(subnetID, ofSubnet),
    ),
    detached: interfaces.flatMap((face) => {
      const detached = detachedOf(face, instancesHere, input.now);
      return detached === undefined ? [] : [detached];
    }),
    match,
    totals: totalsOf(uses),
    book,
    identities,
    podsByAddress,
  };
}

/** Pods of one namespace prove nothing of the others'. Nodes of EKS Auto Mode may really run no Pod of the system. */
function withNamespaces(match: PodMatch, pods: readonly PodView[], ordinaryNodes: boolean): PodMatch {
  const namespace = ordinaryNodes && match.conclusion === "same-cluster" ? onlyNamespace(pods) : undefined;
  return namespace === undefined ? match : { ...match, conclusion: "one-namespace", namespace };
}

function nodeUse(
  identity: NodeIdentity,
  managed: ReadonlyMap<string, string>,
  uses: readonly InterfaceUse[],
): NodeUse {
  const use = totalsOf(uses);
  const isNode = identity.source !== "none" || use.addresses > 0;
  return { identity, managed: managed.has(identity.instanceID), isNode, use };
}

function subnetUse(subnetID: string | undefined, uses: readonly InterfaceUse[]): SubnetUse {
  const use = totalsOf(uses);
  const { vpcID, availabilityZone } = uses[0]?.face ?? {};
  const primaries = uses.filter(({ face }) => face.primary !== undefined).length;
  return {
    ...(subnetID === undefined ? {} : { subnetID }),
    ...(vpcID === undefined ? {} : { vpcID }),
    ...(availabilityZone === undefined ? {} : { availabilityZone }),
    use,
    taken: use.addresses + primaries,
  };
}

function livePods(pods: readonly PodView[]): ReadonlyMap<Address, readonly PodView[]> {
  const found = new Map<Address, PodView[]>();
  for (const pod of pods) {
    if (!holdsAddress(pod)) continue;
    for (const address of pod.addresses) {
      const others = found.get(address);
      if (others === undefined) found.set(address, [pod]);
      else others.push(pod);
    }
  }
  return found;
}

/**
 * Whether a live Pod has an address on an interface. Two VPCs may have the same address: where the Pod's node is known
 * to be another instance of this dump, it is that one's.
 */
function usedBy(
  podsByAddress: ReadonlyMap<Address, readonly PodView[]>,
  identities: ReadonlyMap<string, NodeIdentity>,
  nodes: readonly NodeView[],
): (address: Address, face: NetworkInterface) => boolean {
  const instanceOf = new Map(
    nodes.flatMap(({ name, instanceID }) =>
      instanceID !== undefined && identities.has(instanceID) ? [[name, instanceID]] : [],
    ),
  );
  return (address, face) =>
    (podsByAddress.get(address) ?? []).some((pod) => {
      const instanceID = instanceOf.get(pod.nodeName ?? "");
      const other = face.attachment?.instanceID;
      return instanceID === undefined || other === undefined || instanceID === other;
    });
}

export type {
  AddressBook,
  DetachedInterface,
  InterfaceUse,
  NodeIdentity,
  Place,
  PodMatch,
  UseTotals,
  WarmTargets,
};
