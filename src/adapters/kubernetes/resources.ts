import { API_GROUP, API_VERSION } from "../../domain/objects/names.ts";

/** A resource of the API: what its path, its objects and its errors are called. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  /** As in paths and in a Status's details. */
  readonly plural: string;
  readonly kind: string;
}

const ours = { group: API_GROUP, version: API_VERSION };
const core = { group: "", version: "v1" };

export const VPC_IPS: Resource = { ...ours, plural: "vpcips", kind: "VpcIP" };
export const VPC_IP_CLAIMS: Resource = { ...ours, plural: "vpcipclaims", kind: "VpcIPClaim" };
export const NODE_ENI_CONFIGS: Resource = { ...ours, plural: "nodeeniconfigs", kind: "NodeENIConfig" };
export const PODS: Resource = { ...core, plural: "pods", kind: "Pod" };
export const NODES: Resource = { ...core, plural: "nodes", kind: "Node" };
export const NAMESPACES: Resource = { ...core, plural: "namespaces", kind: "Namespace" };
export const CONFIG_MAPS: Resource = { ...core, plural: "configmaps", kind: "ConfigMap" };
export const LEASES: Resource = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
};

/** One object: its name, and its namespace where it has one. */
export interface ObjectKey {
  readonly namespace?: string | undefined;
  readonly name: string;
}

export const apiVersionOf = ({ group, version }: Resource): string =>
  group === "" ? version : `${group}/${version}`;

/** Path of a resource's collection, across all namespaces where none is given. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root = resource.group === "" ? "/api" : `/apis/${resource.group}`;
  const scope = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}/${resource.version}${scope}/${resource.plural}`;
}

export const objectPath = (resource: Resource, { namespace, name }: ObjectKey): string =>
  `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;

/** What people read in an error. */
export const described = (resource: Resource, key?: ObjectKey): string =>
  key === undefined
    ? `the list of ${resource.plural}`
    : `${resource.kind} ${key.namespace === undefined ? "" : `${key.namespace}/`}${key.name}`;
