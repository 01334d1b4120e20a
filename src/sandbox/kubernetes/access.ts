/**
 * Who calls, and whether he may. Bearer tokens and allow rules, nothing more: enough to see the 401 and 403
 * that a wrong token or a cut role gives.
 */
import type { ResourceRoute, Route } from "./route.ts";
import { ApiError, forbidden, unauthorized } from "./status.ts";

/** One rule of a role, given to one user. `"*"` matches all. */
export interface AccessRule {
  readonly user: string;
  readonly verbs: readonly string[];
  /** Plural, with the group after a dot for groups other than the core (`leases.coordination.k8s.io`), or `pods/status`. */
  readonly resources: readonly string[];
  readonly namespaces?: readonly string[];
  readonly names?: readonly string[];
}

export interface Access {
  /** Token to user name. Absent: everybody is `system:unsecured`. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** Absent: whoever is known may do everything. */
  readonly rules?: readonly AccessRule[];
}

export const anonymous = "system:anonymous";

export function userOf({ tokens }: Access, authorization: string | undefined): string {
  if (tokens === undefined) return "system:unsecured";
  if (authorization === undefined) return anonymous;
  const token = tokenOf(authorization);
  const user = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (user === undefined) throw unauthorized();
  return user;
}

/** Headers as they were read: clients send the same few again and again. */
const tokensRead = new Map<string, string>();
const MOST_READ = 256;

function tokenOf(authorization: string): string {
  const known = tokensRead.get(authorization);
  if (known !== undefined) return known;
  const token = /^Bearer (.+)$/i.exec(authorization)?.[1] ?? "";
  if (tokensRead.size >= MOST_READ) tokensRead.clear();
  tokensRead.set(authorization, token);
  return token;
}

const has = (list: readonly string[] | undefined, item: string): boolean =>
  list === undefined || list.includes("*") || list.includes(item);

function allows(rule: AccessRule, user: string, route: ResourceRoute): boolean {
  const base = route.group === "" ? route.plural : `${route.plural}.${route.group}`;
  const resource = route.subresource === undefined ? base : `${base}/${route.subresource}`;
  return (
    rule.user === user &&
    has(rule.verbs, route.verb ?? "") &&
    has(rule.resources, resource) &&
    has(rule.namespaces, route.namespace ?? "") &&
    has(rule.names, route.name ?? "")
  );
}

/** The 403 of kube-apiserver (pkg/endpoints/handlers/responsewriters/errors.go), or undefined. */
export function refusal(
  { tokens, rules }: Access,
  user: string,
  { path, resource }: Route,
): ApiError | undefined {
  if (tokens !== undefined && user === anonymous && rules === undefined) return refused(user, path, resource);
  if (rules === undefined) return undefined;
  // Discovery and health are open to every authenticated user (system:discovery, system:public-info-viewer).
  if (resource === undefined)
    return user === anonymous && path !== "/livez" ? refused(user, path, resource) : undefined;
  return rules.some((rule) => allows(rule, user, resource)) ? undefined : refused(user, path, resource);
}

function refused(user: string, path: string, route: ResourceRoute | undefined): ApiError {
  if (route === undefined) {
    return new ApiError(403, "Forbidden", `forbidden: User "${user}" cannot get path "${path}"`, {});
  }
  const { group, plural, subresource, verb, namespace, name = "" } = route;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  return forbidden(
    { group, resource: plural },
    name,
    `User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`,
  );
}
