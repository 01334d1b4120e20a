import { Wire } from "../../contract/kubernetes/wire.ts";
import { IDENTITIES, type Identity, type Who } from "../../infra/rbac/identities.ts";
import type { Request } from "../../infra/rbac/request.ts";
import { kubectl, type Said } from "../kubectl.ts";
import { kubernetesPeer } from "../peers.ts";

/** kubectl as somebody else (Kubernetes "User impersonation"). */
export const kubectlAs = (
  { user, group }: { readonly user: string; readonly group?: string | undefined },
  args: readonly string[],
  ...objects: readonly unknown[]
): Promise<Said> =>
  kubectl([...args, `--as=${user}`, ...(group === undefined ? [] : [`--as-group=${group}`])], ...objects);

/** The first group says who he is; the others the server adds itself. A ServiceAccount has its groups by its name. */
export function impersonated(who: Who): { readonly user: string; readonly group?: string | undefined } {
  const { user, groups } = IDENTITIES[who];
  return user.startsWith("system:serviceaccount:") ? { user } : { user, group: groups[0] };
}

function wire(): Wire {
  const peer = kubernetesPeer;
  if (peer === undefined) throw new Error("there is no API server");
  return new Wire(() => ({ ...peer, stop: () => Promise.resolve() }));
}

/** What the server's own authorizer says of a request (Kubernetes "Authorization", "Checking API access"). */
export async function isAllowed(
  { user, groups }: Identity,
  { verb, group, resource, namespace, name }: Request,
): Promise<boolean> {
  const [plural, subresource] = resource.split("/");
  const resourceAttributes = { verb, group, resource: plural, subresource, namespace, name };
  const { body } = await wire().call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: { user, groups, resourceAttributes },
  });
  return (body as { status: { allowed: boolean } }).status.allowed;
}

const METHODS: Readonly<Record<string, string>> = {
  get: "GET",
  list: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETE",
};

export const isHTTP = ({ verb }: Request): boolean => verb in METHODS;

function pathOf({ group, resource, namespace, name, verb }: Request): string {
  const version = group === "vpcip.dev" ? "v1alpha1" : "v1";
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const inside = namespace === undefined || resource === "namespaces" ? "" : `/namespaces/${namespace}`;
  const [plural, subresource] = resource.split("/");
  const tail = [plural, name, subresource].filter((part) => part !== undefined).join("/");
  // Whoever may do it must not have done it.
  const query = verb === "get" || verb === "list" ? "?limit=1" : "?dryRun=All";
  return `${root}${inside}/${tail}${query}`;
}

/**
 * Sends a request in somebody's name, without effect: it is authorized before its body is read
 * (Kubernetes "Controlling Access to the Kubernetes API").
 *
 * @returns its status, and what the server says
 */
export async function sent(who: Who, request: Request): Promise<{ status: number; message: string }> {
  const { user, group } = impersonated(who);
  const isRead = METHODS[request.verb] === "GET";
  const { status, body } = await wire().call(
    METHODS[request.verb] ?? "",
    pathOf(request),
    isRead ? undefined : {},
    {
      "impersonate-user": user,
      ...(group === undefined ? {} : { "impersonate-group": group }),
      ...(request.verb === "patch" ? { "content-type": "application/merge-patch+json" } : {}),
    },
  );
  return { status, message: String((body as { message?: unknown }).message ?? "") };
}
