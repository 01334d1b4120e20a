/** Paths as k8s.io/apiserver/pkg/endpoints/request/requestinfo.go reads them. */

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

export interface ResourceRoute {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** undefined: the HTTP method has no meaning here (405). */
  readonly verb: Verb | undefined;
}

export interface Route {
  readonly path: string;
  readonly query: URLSearchParams;
  /** undefined: discovery, health or nothing at all. */
  readonly resource: ResourceRoute | undefined;
}

/** Routes as they were read; plain data that nobody changes. */
const known = new Map<string, Route>();
const MOST_KNOWN = 4_096;

export function route(method: string, requestPath: string): Route {
  const key = `${method} ${requestPath}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const read = readRoute(method, requestPath);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, read);
  return read;
}

function readRoute(method: string, requestPath: string): Route {
  const mark = requestPath.indexOf("?");
  const path = mark < 0 ? requestPath : requestPath.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : requestPath.slice(mark + 1));
  const [root, ...rest] = path
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
  if (root === "api" && rest.length > 1) return { path, query, resource: inGroup(method, "", rest, query) };
  if (root === "apis" && rest.length > 2) {
    return { path, query, resource: inGroup(method, rest[0] ?? "", rest.slice(1), query) };
  }
  return { path, query, resource: undefined };
}

function inGroup(
  method: string,
  group: string,
  [version = "", ...parts]: readonly string[],
  query: URLSearchParams,
): ResourceRoute {
  let namespace: string | undefined;
  let rest = parts;
  const isInside =
    parts[0] === "namespaces" && parts.length > 2 && !namespaceSubresources.has(parts[2] ?? "");
  if (isInside) {
    namespace = parts[1];
    rest = parts.slice(2);
  }
  const [plural = "", name, subresource] = rest;
  return { group, version, plural, namespace, name, subresource, verb: verbOf(method, name, query) };
}

const namespaceSubresources = new Set(["status", "finalize"]);

function verbOf(method: string, name: string | undefined, query: URLSearchParams): Verb | undefined {
  if (method === "GET") {
    if (name !== undefined) return "get";
    const watch = query.get("watch");
    return watch === "true" || watch === "1" ? "watch" : "list";
  }
  if (method === "DELETE") return name === undefined ? "deletecollection" : "delete";
  // A POST to a named object is only meant for subresources such as binding.
  if (method === "POST") return "create";
  if (method === "PUT") return name === undefined ? undefined : "update";
  if (method === "PATCH") return name === undefined ? undefined : "patch";
  return undefined;
}
