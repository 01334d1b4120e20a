/** RBAC as Kubernetes evaluates it: "Using RBAC Authorization", and `rbac.authorization.k8s.io/v1` PolicyRule. */
import type { Identity } from "./identities.ts";
import type { Manifest, Rule, Subject } from "./manifests.ts";
import type { Request } from "./request.ts";

/** A rule that somebody has by a binding. */
export interface Grant {
  readonly rule: Rule;
  /** The role's. */
  readonly role: string;
  /** Undefined: in all namespaces, and for what has none. */
  readonly namespace: string | undefined;
}

/** Rules only ever add up: there is none that forbids. */
export function grantsOf(all: readonly Manifest[], identity: Identity): readonly Grant[] {
  return all.flatMap(({ kind, metadata, roleRef, subjects = [] }) => {
    if (!kind.endsWith("RoleBinding") || !subjects.some((subject) => isMeant(subject, identity))) return [];
    const isWide = kind === "ClusterRoleBinding";
    const role = all.find(
      (one) =>
        one.kind === roleRef?.kind &&
        one.metadata.name === roleRef.name &&
        (one.kind === "ClusterRole" || one.metadata.namespace === metadata.namespace),
    );
    if (role === undefined) throw new Error(`${kind} ${metadata.name} refers to a role that is not there`);
    const namespace = isWide ? undefined : metadata.namespace;
    return (role.rules ?? []).map((rule) => ({ rule, role: role.metadata.name, namespace }));
  });
}

/** A namespaced binding's rules hold for requests in its namespace alone. */
export function isGranted(grants: readonly Grant[], request: Request): boolean {
  return grants.some((grant) => covers(grant, request));
}

export const covers = ({ rule, namespace }: Grant, request: Request): boolean =>
  (namespace === undefined || namespace === request.namespace) &&
  has(rule.verbs, request.verb) &&
  has(rule.apiGroups, request.group) &&
  hasResource(rule.resources, request.resource) &&
  // Names restrict nothing but requests that have one: never create, list, watch or deletecollection of many.
  ((rule.resourceNames ?? []).length === 0 || rule.resourceNames?.includes(request.name ?? "") === true);

function isMeant(subject: Subject, { user, groups }: Identity): boolean {
  switch (subject.kind) {
    case "User":
      return subject.name === user;
    case "Group":
      return groups.includes(subject.name);
    case "ServiceAccount":
      return user === `system:serviceaccount:${subject.namespace}:${subject.name}`;
  }
}

const has = (listed: readonly string[], wanted: string): boolean =>
  listed.includes("*") || listed.includes(wanted);

/** "pods" is not "pods/exec"; "*" is everything, and "*&#47;scale" every resource's scale. */
function hasResource(listed: readonly string[], wanted: string): boolean {
  const [, subresource] = wanted.split("/");
  return has(listed, wanted) || (subresource !== undefined && listed.includes(`*/${subresource}`));
}
