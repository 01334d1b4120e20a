import { route } from "../../../src/sandbox/kubernetes/route.ts";

/**
 * A request as an authorizer sees it (Kubernetes "Authorization", "Request attributes used in authorization"): no body, no
 * selector. A name that is not in the path, as with create and list, is no name.
 */
export interface Request {
  readonly verb: string;
  readonly group: string;
  /** With its subresource, e.g. `nodeeniconfigs/status`. */
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** What a call is for an authorizer, e.g. of `PUT /api/v1/namespaces/a/configmaps/b`. */
export function requestOf(call: string): Request {
  const [method = "", path = ""] = call.split(" ");
  const { resource: found } = route(method, path);
  if (found?.verb === undefined) throw new Error(`${call} is no request for a resource`);
  const { verb, group, plural, subresource, namespace, name } = found;
  return { verb, group, resource: resourceOf(plural, subresource), namespace, name };
}

const resourceOf = (plural: string, subresource: string | undefined): string =>
  subresource === undefined ? plural : `${plural}/${subresource}`;

/** For people, and as a key: `update configmaps vpcip-system/reclaimer-freeze`. */
export function shown({ verb, group, resource, namespace, name }: Request): string {
  const what = group === "" ? resource : `${resource}.${group}`;
  const where = [namespace, name].filter((part) => part !== undefined).join("/");
  return [verb, what, ...(where === "" ? [] : [where])].join(" ");
}

export function distinct(requests: Iterable<Request>): readonly Request[] {
  return [...new Map([...requests].map((request) => [shown(request), request])).values()];
}
