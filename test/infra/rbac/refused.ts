import type { Who } from "./identities.ts";
import type { Request } from "./request.ts";

const SYSTEM = "vpcip-system";
const core = (verb: string, resource: string, namespace?: string, name?: string): Request => ({
  verb,
  group: "",
  resource,
  namespace,
  name,
});
const ours = (verb: string, resource: string, name?: string, namespace?: string): Request => ({
  verb,
  group: "vpcip.dev",
  resource,
  namespace,
  name,
});
const lease = (verb: string, namespace: string, name?: string): Request => ({
  verb,
  group: "coordination.k8s.io",
  resource: "leases",
  namespace,
  name,
});
const rbac = (verb: string, resource: string, name?: string): Request => ({
  verb,
  group: "rbac.authorization.k8s.io",
  resource,
  name,
});
const admission = (verb: string, resource: string): Request => ({
  verb,
  group: "admissionregistration.k8s.io",
  resource,
  name: "bound-vpcips.vpcip.dev",
});

/** What nobody of ours may do. */
export const REFUSED_TO_ALL: readonly Request[] = [
  core("list", "secrets"),
  core("get", "secrets", SYSTEM, "any"),
  core("create", "serviceaccounts/token", SYSTEM, "vpcip-agent"),
  core("create", "pods", "default"),
  core("delete", "pods", "default", "web"),
  core("patch", "pods", "default", "web"),
  core("create", "pods/exec", "default", "web"),
  core("get", "pods/exec", "default", "web"),
  core("get", "pods/log", "default", "web"),
  core("patch", "pods/ephemeralcontainers", "default", "web"),
  core("create", "pods/eviction", "default", "web"),
  core("update", "pods/status", "default", "web"),
  core("delete", "nodes", undefined, "a"),
  core("patch", "nodes", undefined, "a"),
  core("update", "nodes/status", undefined, "a"),
  core("get", "nodes/proxy", undefined, "a"),
  core("create", "nodes/proxy", undefined, "a"),
  core("create", "namespaces"),
  core("delete", "namespaces", undefined, SYSTEM),
  core("list", "namespaces"),
  core("get", "namespaces", "default", "default"),
  core("get", "configmaps", SYSTEM, "another"),
  core("list", "configmaps", SYSTEM),
  core("update", "configmaps", SYSTEM, "another"),
  core("delete", "configmaps", SYSTEM, "reclaimer-freeze"),
  core("get", "configmaps", "default", "reclaimer-freeze"),
  core("get", "configmaps", "kube-system", "aws-auth"),
  core("update", "configmaps", "kube-system", "aws-auth"),
  core("create", "configmaps", "kube-system"),
  lease("get", "kube-system", "kube-controller-manager"),
  lease("update", "kube-system", "kube-controller-manager"),
  lease("update", "kube-node-lease", "a"),
  lease("list", "kube-node-lease"),
  lease("deletecollection", SYSTEM),
  ours("deletecollection", "vpcips"),
  ours("deletecollection", "nodeeniconfigs"),
  ours("deletecollection", "vpcipclaims", undefined, "default"),
  ours("create", "vpcipclaims", undefined, "default"),
  ours("update", "vpcipclaims", "db", "default"),
  ours("patch", "vpcipclaims", "db", "default"),
  ours("update", "vpcips/status", "10.0.0.1"),
  {
    verb: "delete",
    group: "apiextensions.k8s.io",
    resource: "customresourcedefinitions",
    name: "vpcips.vpcip.dev",
  },
  admission("delete", "validatingadmissionpolicies"),
  admission("delete", "validatingadmissionpolicybindings"),
  rbac("create", "clusterrolebindings"),
  rbac("update", "clusterroles", "eni-reclaimer-collect"),
  rbac("escalate", "clusterroles", "eni-reclaimer-collect"),
  rbac("bind", "clusterroles", "cluster-admin"),
  core("impersonate", "users", undefined, "system:kube-controller-manager"),
  core("impersonate", "groups", undefined, "eni-reclaimer:reclaim"),
  core("impersonate", "serviceaccounts", SYSTEM, "vpcip-agent"),
];

/** Each change, and all who may make it. */
export const CHANGES: readonly (readonly [Request, ...Who[]])[] = [
  [ours("create", "vpcips"), "collect", "clean", "agent"],
  [ours("update", "vpcips", "10.0.0.1"), "collect", "reclaim", "clean", "agent"],
  [ours("delete", "vpcips", "10.0.0.1"), "collect", "reclaim", "clean", "agent"],
  [ours("patch", "vpcips", "10.0.0.1"), "operator"],
  [ours("create", "nodeeniconfigs"), "collect", "agent"],
  [ours("update", "nodeeniconfigs", "a"), "collect"],
  [ours("delete", "nodeeniconfigs", "a"), "reclaim", "clean"],
  [ours("update", "nodeeniconfigs/status", "a"), "reclaim", "clean", "agent"],
  [ours("create", "vpcipclaims", undefined, SYSTEM), "collect"],
  [ours("delete", "vpcipclaims", "db", "default"), "collect", "reclaim", "clean"],
  [ours("update", "vpcipclaims/status", "db", "default"), "collect", "agent"],
  [lease("create", SYSTEM), "reclaim", "clean", "agent"],
  [lease("update", SYSTEM, "a"), "reclaim", "clean", "agent"],
  [lease("delete", SYSTEM, "a"), "reclaim", "clean"],
  [core("create", "configmaps", SYSTEM), "collect"],
  [core("update", "configmaps", SYSTEM, "reclaimer-freeze"), "collect", "reclaim", "clean"],
  [core("patch", "configmaps", SYSTEM, "reclaimer-freeze"), "operator"],
];

/** What may be asked by others, and not by this one. */
export const refusedTo = (who: Who): readonly Request[] => [
  ...REFUSED_TO_ALL,
  ...CHANGES.flatMap(([change, ...may]) => (may.includes(who) ? [] : [change])),
];

export const allowedChanges = (who: Who): readonly Request[] =>
  CHANGES.flatMap(([change, ...may]) => (may.includes(who) ? [change] : []));
