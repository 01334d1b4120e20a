import type { NodeView, PodView, VpcIPLabels } from "../domain/evidence.ts";
import type { Lease, StoredLease } from "../domain/objects/lease.ts";
import type { Parsed } from "../domain/objects/metadata.ts";
import type { NodeENIConfig, StoredNodeENIConfig } from "../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP, VpcIP } from "../domain/objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../domain/objects/vpcipclaim.ts";

/**
 * What can be read of the cluster. A list is complete (all pages of one snapshot) or it is a {@link ClusterError};
 * "not found" is a value only where the API server said 404 for that very object. All reads are most recent
 * (no resourceVersion: Kubernetes API concepts, "Semantics for get and list") unless said otherwise.
 */
export interface ClusterReader {
  /** UID of the kube-system namespace: which cluster this is. */
  clusterUID(): Promise<string>;
  /** API-server time of its latest answer (its Date header), milliseconds since the epoch, whole seconds. */
  serverTime(): number | undefined;

  listNodeConfigs(): Promise<readonly Parsed<StoredNodeENIConfig>[]>;
  /** Name -> resourceVersion of every NodeENIConfig, from a metadata-only list. */
  nodeConfigVersions(): Promise<ReadonlyMap<string, string>>;
  getNodeConfig(name: string): Promise<Found<Parsed<StoredNodeENIConfig>>>;

  /** Labels of every VpcIP (or of those a label selector names), from a metadata-only list. */
  listVpcIPLabels(selector?: string): Promise<readonly VpcIPEntry[]>;
  /** Whole VpcIPs of one node (field selector spec.nodeName). */
  listVpcIPsOfNode(nodeName: string): Promise<readonly Parsed<StoredVpcIP>[]>;
  getVpcIP(name: string): Promise<Found<Parsed<StoredVpcIP>>>;

  /** UIDs of all Pods that are not finished, from a metadata-only list. */
  livePodUIDs(): Promise<ReadonlySet<string>>;
  /** Whole Pods of one node (field selector spec.nodeName). */
  listPodsOfNode(nodeName: string): Promise<readonly PodView[]>;
  getPod(namespace: string, name: string): Promise<Found<PodView>>;
  getNode(name: string): Promise<Found<NodeView>>;

  /** Every static VpcIPClaim. */
  listStaticClaims(): Promise<readonly Parsed<StoredVpcIPClaim>[]>;
  getClaim(namespace: string, name: string): Promise<Found<Parsed<StoredVpcIPClaim>>>;

  getLease(nodeName: string): Promise<Found<Parsed<StoredLease>>>;
  /** Every node lease, from a metadata-only list of the system namespace. Other Leases there are left out. */
  listLeases(): Promise<readonly LeaseEntry[]>;
  /** data of a ConfigMap. */
  getConfigMap(namespace: string, name: string): Promise<Found<StoredConfigMap>>;
}

export type Found<T> = { readonly found: true; readonly object: T } | { readonly found: false };

/** A VpcIP as a metadata-only list shows it. */
export interface VpcIPEntry {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** With the person's opt-out annotation, which metadata shows too. */
  readonly labels: VpcIPLabels;
}

/** A node lease as a metadata-only list shows it. */
export interface LeaseEntry {
  readonly nodeName: string;
  /** Hand-over requests are on it, answered or not. */
  readonly carriesRequests: boolean;
}

export interface StoredConfigMap {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly data: Readonly<Record<string, string>>;
}

/**
 * What writes objects. Each write carries the resourceVersion (and, to delete, the UID too) of what was read: it happens
 * to exactly that, or not at all. A write without a clear answer is a {@link ClusterError} of kind `unclear`.
 */
export interface ClusterWriter {
  createVpcIP(object: VpcIP): Promise<Created<StoredVpcIP>>;
  replaceVpcIP(object: StoredVpcIP): Promise<Replaced<StoredVpcIP>>;
  deleteVpcIP(object: StoredVpcIP): Promise<Deleted>;
  /** Its status is not taken over: a create drops it. */
  createNodeConfig(object: NodeENIConfig): Promise<Created<StoredNodeENIConfig>>;
  /** Replaces the status subresource. */
  replaceNodeConfigStatus(object: StoredNodeENIConfig): Promise<Replaced<StoredNodeENIConfig>>;
  /** Replaces metadata annotations (and spec), not the status. */
  replaceNodeConfig(object: StoredNodeENIConfig): Promise<Replaced<StoredNodeENIConfig>>;
  deleteNodeConfig(object: StoredNodeENIConfig): Promise<Deleted>;
  deleteClaim(object: StoredVpcIPClaim): Promise<Deleted>;
  replaceClaimStatus(object: StoredVpcIPClaim): Promise<Replaced<StoredVpcIPClaim>>;
  createConfigMap(
    namespace: string,
    name: string,
    data: Readonly<Record<string, string>>,
  ): Promise<Created<StoredConfigMap>>;
  replaceConfigMap(
    namespace: string,
    name: string,
    object: StoredConfigMap,
  ): Promise<Replaced<StoredConfigMap>>;
  /** The sentinels of a new install: created where missing, never changed. */
  createSentinels(): Promise<void>;
}

/** The node leases: coordination.k8s.io/v1 Lease objects in the system namespace. */
export interface LeaseStore {
  get(nodeName: string): Promise<Found<Parsed<StoredLease>>>;
  create(lease: Lease): Promise<Created<StoredLease>>;
  replace(lease: StoredLease): Promise<Replaced<StoredLease>>;
  delete(lease: StoredLease): Promise<Deleted>;
}

export type Created<T> = { readonly outcome: "created"; readonly object: T } | { readonly outcome: "exists" };
export type Replaced<T> =
  | { readonly outcome: "replaced"; readonly object: T }
  | { readonly outcome: "conflict" }
  | { readonly outcome: "gone" };
export type Deleted =
  | { readonly outcome: "deleted" }
  | { readonly outcome: "conflict" }
  | { readonly outcome: "gone" };

/** Why the cluster could not be read or written. `unclear`: a write that may have happened. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly kind: "unreachable" | "forbidden" | "throttled" | "server" | "refused" | "unreadable" | "unclear";
  constructor(kind: ClusterError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
