/** Short builders: each gives a thing that is plainly fine, and takes what a test says otherwise. */
import { type Address, type Prefix, parseAddress, parsePrefix } from "../../src/domain/address.ts";
import type {
  Evidence,
  InstanceState,
  ManagedNode,
  NetworkInterface,
  NodeView,
  PodView,
  VpcIPEvidence,
  VpcIPLabels,
} from "../../src/domain/evidence.ts";
import { judge } from "../../src/domain/judgement/index.ts";
import type { Parsed } from "../../src/domain/objects/metadata.ts";
import type { NodeENIConfigStatus, StoredNodeENIConfig } from "../../src/domain/objects/nodeeniconfig.ts";
import type { ClaimReference, Mark, StoredVpcIP, VpcIPSpec } from "../../src/domain/objects/vpcip.ts";
import type { StoredVpcIPClaim, VpcIPClaim } from "../../src/domain/objects/vpcipclaim.ts";
import type { Verdict } from "../../src/domain/verdict.ts";

export const NOW = Date.parse("2026-03-01T12:00:00Z");
export const CLUSTER = "uid-of-this-cluster";
export const NODE = "node-a";
export const INSTANCE = "i-a";
export const INTERFACE = "eni-a";

export const ip = (text: string): Address => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
};
export const block = (text: string): Prefix => {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(`${text} is no prefix`);
  return prefix;
};
export const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

/** The address that most tests are about: the first secondary one of {@link interface_}. */
export const X = ip("10.0.0.10");
export const Y = ip("10.0.0.11");

/** A plain interface, attached to {@link node}. */
export function interface_(over: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    id: INTERFACE,
    subnetID: "subnet-1",
    type: "interface",
    requesterManaged: false,
    status: "in-use",
    attachment: { instanceID: INSTANCE, status: "attached" },
    primary: ip("10.0.0.1"),
    addresses: [X],
    prefixes: [],
    ...over,
  };
}

/** A detached interface that our tags name ours. */
export function orphan(over: Partial<NetworkInterface> = {}): NetworkInterface {
  const { attachment: _attachment, ...rest } = interface_({ id: "eni-o", primary: ip("10.0.0.4") });
  const tags = {
    "vpcip.dev/cluster-uid": CLUSTER,
    "vpcip.dev/node": NODE,
    "vpcip.dev/instance-id": INSTANCE,
  };
  return { ...rest, status: "available", addresses: [ip("10.0.0.40")], tags, ...over };
}

export function config(
  status: Partial<NodeENIConfigStatus> = {},
  name = NODE,
): { readonly readable: true; readonly object: StoredNodeENIConfig } {
  return {
    readable: true,
    object: {
      apiVersion: "vpcip.dev/v1alpha1",
      kind: "NodeENIConfig",
      metadata: { name, uid: `uid-${name}`, resourceVersion: "1" },
      status: { allocator: "ipamd", instanceID: INSTANCE, bootID: "boot-1", ...status },
    },
  };
}

/** A managed node whose world is stopped and whose report holds. */
export function node(
  status: Partial<NodeENIConfigStatus> = {},
  over: Partial<ManagedNode> = {},
): ManagedNode {
  const view: NodeView = { name: NODE, instanceID: INSTANCE, bootID: "boot-1" };
  return { config: config(status), node: view, report: { valid: true }, ...over };
}

/** The same node as the mark pass sees it: nobody has reported. */
export function unreportedNode(status: Partial<NodeENIConfigStatus> = {}): ManagedNode {
  const { report: _report, ...rest } = node(status);
  return rest;
}

export function pod(over: Partial<PodView> = {}): PodView {
  return {
    uid: "pod-1",
    namespace: "shop",
    name: "web-0",
    nodeName: NODE,
    hostNetwork: false,
    finished: false,
    terminating: false,
    addresses: [],
    keep: false,
    ...over,
  };
}

export const claimOf = (over: Partial<ClaimReference> = {}): ClaimReference => ({
  namespace: "shop",
  name: "web-0",
  podUID: "pod-1",
  containerID: "container-1",
  ...over,
});

export const mark = (over: Partial<Mark> = {}): Mark => ({
  cause: "never-recorded",
  scope: "Address",
  firstObservedAt: ago(7200),
  ...over,
});

/** A VpcIP on {@link interface_}; without more it is nothing but a name that is taken. */
export function record(
  spec: Partial<VpcIPSpec> = {},
  address: Address = X,
  annotations?: Record<string, string>,
): StoredVpcIP {
  return {
    apiVersion: "vpcip.dev/v1alpha1",
    kind: "VpcIP",
    metadata: {
      name: address,
      uid: `uid-${address}`,
      resourceVersion: "1",
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: { nodeName: NODE, instanceID: INSTANCE, interfaceID: INTERFACE, ...spec },
  };
}

export const vpcIP = (spec: Partial<VpcIPSpec> = {}, address: Address = X): VpcIPEvidence => ({
  known: "whole",
  object: record(spec, address),
});

/** The record of a static claim that waits for its address: of no instance, on no interface. */
export function waiting(
  spec: Partial<VpcIPSpec> = {},
  address: Address = X,
  annotations?: Record<string, string>,
): VpcIPEvidence {
  const over = { claim: claimOf({ uid: "claim-1" }), ...spec };
  const { instanceID: _i, interfaceID: _n, ...place } = record({}, address).spec;
  return { known: "whole", object: { ...record({}, address, annotations), spec: { ...place, ...over } } };
}

/** The same, lent to a detached interface. */
export const lentTo = (interfaceID: string, address: Address, spec: Partial<VpcIPSpec> = {}): VpcIPEvidence =>
  waiting({ interfaceID, leak: mark({ scope: "Interface" }), ...spec }, address);

export const labels = (over: VpcIPLabels = {}): VpcIPEvidence => ({
  known: "labels",
  labels: { node: NODE, instance: INSTANCE, interface: INTERFACE, state: "Bound", podUID: "pod-1", ...over },
});

export function staticClaim(
  spec: Partial<VpcIPClaim["spec"]> = {},
  status: Partial<NonNullable<VpcIPClaim["status"]>> = {},
): Parsed<StoredVpcIPClaim> & { readable: true } {
  return {
    readable: true,
    object: {
      apiVersion: "vpcip.dev/v1alpha1",
      kind: "VpcIPClaim",
      metadata: {
        namespace: "shop",
        name: "web-0",
        uid: "claim-1",
        resourceVersion: "1",
        creationTimestamp: ago(365 * 24 * 3_600),
      },
      spec: { static: true, ...spec },
      status: { address: X, podUID: "pod-1", ...status },
    },
  };
}

/** {@link node} with {@link interface_} and {@link X} on it, and nothing that accounts for X. */
export interface World extends Partial<Omit<Evidence, "nodes" | "vpcIPs" | "claims" | "instances">> {
  readonly nodes?: Readonly<Record<string, ManagedNode>>;
  readonly vpcIPs?: Readonly<Record<string, VpcIPEvidence>> | "not read";
  readonly claims?: Readonly<Record<string, Parsed<StoredVpcIPClaim>>> | "not read";
  readonly instances?: Readonly<Record<string, InstanceState>>;
}

export function evidence({ nodes, vpcIPs, claims, instances, ...rest }: World = {}): Evidence {
  const records = Object.entries(vpcIPs === "not read" ? {} : (vpcIPs ?? {}));
  return {
    cluster: { name: "this", uid: CLUSTER },
    now: NOW,
    interfaces: [interface_()],
    pods: [],
    ...rest,
    nodes: new Map(Object.entries(nodes ?? { [NODE]: node() })),
    instances: new Map(Object.entries(instances ?? {})),
    ...(vpcIPs === "not read" ? {} : { vpcIPs: new Map(records.map(([name, one]) => [ip(name), one])) }),
    ...(claims === "not read" ? {} : { claims: new Map(Object.entries(claims ?? {})) }),
  };
}

/** What is decided of an address, in a word: `keep pool`, `unknown record-mismatch`, `leaked pod-gone`. */
export function decided(world: World | Evidence, address: Address = X): string {
  const all = judge(isEvidence(world) ? world : evidence(world)).filter((one) => one.address === address);
  return all.map(inWords).join("; ") || "nothing";
}

const isEvidence = (world: World | Evidence): world is Evidence => world.nodes instanceof Map;

export function inWords(verdict: Verdict): string {
  if (verdict.decision === "suspect") return "suspect";
  return `${verdict.decision} ${verdict.decision === "leaked" ? verdict.cause : verdict.reason}`;
}
