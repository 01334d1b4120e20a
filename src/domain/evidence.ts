/** What the planner is given: plain data, read by adapters or from dumps. Absent evidence is undefined, never a guess. */
import type { Address, Prefix } from "./address.ts";
import type { Parsed } from "./objects/metadata.ts";
import type { StoredNodeENIConfig } from "./objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "./objects/vpcip.ts";
import type { StoredVpcIPClaim } from "./objects/vpcipclaim.ts";

/** EC2 instance states (API reference, InstanceState). */
const INSTANCE_STATES = ["pending", "running", "stopping", "stopped", "shutting-down", "terminated"] as const;

/** An instance's state, or that DescribeInstances does not know it at all, or that nothing is known. */
export type InstanceState = (typeof INSTANCE_STATES)[number] | "not-found" | "unknown";

/** The state that EC2 names; `unknown` where it isn't one of EC2's. */
export const instanceStateOf = (name: string | undefined): InstanceState =>
  INSTANCE_STATES.find((state) => state === name) ?? "unknown";

export interface Attachment {
  readonly id?: string;
  readonly instanceID?: string;
  readonly instanceOwnerID?: string;
  readonly deviceIndex?: number;
  /** `attaching`, `attached`, `detaching`, `detached` (EC2 API reference, NetworkInterfaceAttachment). */
  readonly status?: string;
  readonly deleteOnTermination?: boolean;
}

/** An interface as DescribeNetworkInterfaces tells it. Fields that the answer left out are undefined. */
export interface NetworkInterface {
  readonly id: string;
  readonly ownerID?: string;
  readonly subnetID?: string;
  readonly vpcID?: string;
  readonly availabilityZone?: string;
  readonly description?: string;
  readonly type?: string;
  readonly requesterID?: string;
  readonly requesterManaged?: boolean;
  /** Operator.Managed: an AWS service (e.g. EKS Auto Mode) runs it for the account. */
  readonly operatorManaged?: boolean;
  readonly status?: string;
  readonly attachment?: Attachment;
  readonly primary?: Address;
  /** The secondary addresses. */
  readonly addresses: readonly Address[];
  readonly prefixes: readonly Prefix[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** What we read of a Pod. `addresses` holds the IPv4 ones of podIP and podIPs. */
export interface PodView {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly nodeName?: string;
  readonly hostNetwork: boolean;
  /** Succeeded or Failed (Kubernetes "Pod Lifecycle"): its containers have ended for good. */
  readonly finished: boolean;
  readonly terminating: boolean;
  readonly addresses: readonly Address[];
  /** An opt-out annotation on the Pod. */
  readonly keep: boolean;
}

/** What we read of a Node. */
export interface NodeView {
  readonly name: string;
  readonly uid?: string;
  /** From spec.providerID, `aws:///ZONE/i-…`. */
  readonly instanceID?: string;
  /** status.nodeInfo.bootID */
  readonly bootID?: string;
  readonly group?: string;
}

/** What labels tell of a VpcIP: enough to choose suspects, never enough to release. */
export interface VpcIPLabels {
  readonly node?: string;
  readonly instance?: string;
  readonly interface?: string;
  readonly state?: string;
  readonly podUID?: string;
  /** When it was marked, milliseconds since the epoch in API-server time. */
  readonly markedAt?: number;
  /** It carries tombstones, whatever else it is about. */
  readonly bound?: boolean;
  /** A person's opt-out annotation (metadata too, so a metadata-only list shows it). */
  readonly keep?: boolean;
}

/** What is known of the VpcIP of a name. */
export type VpcIPEvidence =
  | { readonly known: "labels"; readonly labels: VpcIPLabels }
  | { readonly known: "whole"; readonly object: StoredVpcIP }
  | { readonly known: "unreadable"; readonly why: string };

/** The report of a node's allocator, as far as it can be relied on. */
export type ReportEvidence =
  /** Written at a hand-over since which no allocator has acquired the lease, in the node's present boot. */
  { readonly valid: true } | { readonly valid: false; readonly why: string };

/** Everything known of one managed node. */
export interface ManagedNode {
  readonly config: Parsed<StoredNodeENIConfig>;
  /** `missing`: the API server has no such Node. Undefined: nobody looked. */
  readonly node?: NodeView | "missing";
  /** Its NodeENIConfig changed, came or went while the lists were read. */
  readonly changedMeanwhile?: boolean;
  /** Only under the node lease: whether the allocator's report holds. */
  readonly report?: ReportEvidence;
}

/** Everything that a judgement rests on. */
export interface Evidence {
  /** This cluster: name and UID of its kube-system namespace. Undefined when offline dumps don't tell. */
  readonly cluster?: { readonly name?: string; readonly uid: string };
  /** API-server time, milliseconds since the epoch. */
  readonly now: number;
  readonly interfaces: readonly NetworkInterface[];
  /** By node name. */
  readonly nodes: ReadonlyMap<string, ManagedNode>;
  /** Undefined where VpcIPs were not read. */
  readonly vpcIPs?: ReadonlyMap<Address, VpcIPEvidence>;
  /**
   * Under one node's lease: records of other nodes that bear the names of its detached interfaces' addresses, or of what Pods that its
   * records name have on other nodes. They tell who has a name, and are nothing to judge or to change there.
   */
  readonly ofOthers?: ReadonlyMap<Address, VpcIPEvidence>;
  /** Whole Pods: of all nodes, or of the nodes under suspicion. */
  readonly pods: readonly PodView[];
  /** UIDs of all Pods that are not finished, where only metadata was listed. */
  readonly livePodUIDs?: ReadonlySet<string>;
  /** By `namespace/name`; undefined where claims were not read. */
  readonly claims?: ReadonlyMap<string, Parsed<StoredVpcIPClaim>>;
  /** What EC2 says of the instances that were asked for. */
  readonly instances: ReadonlyMap<string, InstanceState>;
}
