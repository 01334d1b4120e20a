/**
 * Get and list. Which revision is read: k8s.io/apiserver/pkg/storage/interfaces.go (ValidateListOptions),
 * pkg/storage/cacher/delegator.go, and https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions.
 */
import { apiVersionOf, type Cluster, groupResource, present, type Target } from "./cluster.ts";
import { decodeContinue, encodeContinue, latestRevision } from "./continue-token.ts";
import { selection } from "./selectors.ts";
import {
  ApiError,
  badRequest,
  expired,
  forbiddenField,
  invalid,
  notFound,
  tooLargeResourceVersion,
  unsupported,
} from "./status.ts";
import { keyOf } from "./store.ts";
import type { FieldError, KubeObject } from "./types.ts";

/** How old the answers of reads are. 0: as fresh as can be. */
export interface Staleness {
  /** Reads that ask for `resourceVersion=0` ("any"): the watch cache of another API server lags. */
  readonly anyLagMs: number;
  /** Every read, whatever it asks for: a broken promise of the API, for hazard tests. */
  readonly allLagMs: number;
}

export interface ListAnswer {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly KubeObject[];
}

export function get(cluster: Cluster, target: Target, query: URLSearchParams, stale: Staleness): KubeObject {
  const { resource, version, namespace, name = "" } = target;
  const asked = query.get("resourceVersion") ?? "";
  const atLeast = asked === "" ? 0 : revisionOf(asked);
  if (atLeast > cluster.store.revision) throw tooLargeResourceVersion(atLeast, cluster.store.revision);
  const revision = readRevision(cluster, asked === "0", atLeast, stale);
  const found = resource.table.getAt(keyOf(resource.definition, namespace, name), revision);
  if (found === undefined) throw notFound(groupResource(resource), name);
  return present(resource, version, found);
}

function readRevision({ store, clock }: Cluster, isAny: boolean, atLeast: number, stale: Staleness): number {
  const lagMs = Math.max(stale.allLagMs, isAny ? stale.anyLagMs : 0);
  if (lagMs <= 0) return store.revision;
  return Math.max(store.revisionAt(clock() - lagMs), store.compacted, stale.allLagMs > 0 ? 0 : atLeast);
}

export function revisionOf(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

export function list(cluster: Cluster, target: Target, query: URLSearchParams, stale: Staleness): ListAnswer {
  const { resource, version, namespace } = target;
  const { definition, table } = resource;
  checkOptions(query);
  const labels = query.get("labelSelector") ?? "";
  const fields = query.get("fieldSelector") ?? "";
  const matches = selection(labels, fields, definition, version);
  const prefix = definition.namespaced && namespace !== undefined ? `${namespace}/` : "";
  const { revision, start, limit } = readingPoint(cluster, query, stale);
  const page = table.page({
    prefix,
    start: start === "" ? "" : prefix + start,
    limit,
    revision,
    nodeName: nodeNameIn(fields),
    matches: matches === undefined ? undefined : (object) => matches(present(resource, version, object)),
  });
  const hasSelector = labels !== "" || fields !== "";
  return {
    kind: definition.listKind,
    apiVersion: apiVersionOf(definition.group, version.name),
    metadata: {
      resourceVersion: String(revision),
      ...(page.hasMore
        ? { continue: encodeContinue(revision, `${page.lastKey.slice(prefix.length)}\0`) }
        : {}),
      // Counted only where no selector makes the count a guess (PrepareContinueToken of pkg/storage/continue.go).
      ...(page.hasMore && !hasSelector
        ? { remainingItemCount: table.countAfter(prefix, page.lastKey, revision) }
        : {}),
    },
    items: page.items.map((object) => present(resource, version, object)),
  };
}

/** The node that a field selector asks for with `=`, where it does. */
function nodeNameIn(fields: string): string | undefined {
  return /(?:^|,)spec\.nodeName==?([^,=!]+)(?:,|$)/.exec(fields)?.[1];
}

/** ValidateListOptions of k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go. */
function checkOptions(query: URLSearchParams): void {
  const match = query.get("resourceVersionMatch") ?? "";
  if (match === "") return;
  const field = "resourceVersionMatch";
  const errors: FieldError[] = [];
  if (!query.get("resourceVersion"))
    errors.push(forbiddenField(field, `${field} is forbidden unless resourceVersion is provided`));
  if (query.get("continue"))
    errors.push(forbiddenField(field, `${field} is forbidden when continue is provided`));
  if (match !== "Exact" && match !== "NotOlderThan")
    errors.push(unsupported(field, match, ["Exact", "NotOlderThan", ""]));
  if (match === "Exact" && query.get("resourceVersion") === "0")
    errors.push(forbiddenField(field, `${field} "exact" is forbidden for resourceVersion "0"`));
  if (errors.length > 0) throw invalid({ group: "meta.k8s.io", resource: "ListOptions" }, "", errors);
}

interface ReadingPoint {
  readonly revision: number;
  readonly start: string;
  readonly limit: number;
}

function readingPoint(cluster: Cluster, query: URLSearchParams, stale: Staleness): ReadingPoint {
  const { store } = cluster;
  const limit = Number(query.get("limit") ?? 0);
  const asked = query.get("resourceVersion") ?? "";
  const token = query.get("continue") ?? "";
  if (token !== "") {
    const { revision, start } = decodeContinue(token);
    if (asked !== "" && asked !== "0") {
      throw badRequest("specifying resource version is not allowed when using continue");
    }
    if (revision === latestRevision) return { revision: store.revision, start, limit };
    if (revision < store.compacted) throw inconsistent(start);
    if (revision > store.revision) throw tooLargeResourceVersion(revision, store.revision);
    return { revision, start, limit };
  }
  const wanted = asked === "" ? 0 : revisionOf(asked);
  if (wanted > store.revision) throw tooLargeResourceVersion(wanted, store.revision);
  const isExact =
    query.get("resourceVersionMatch") === "Exact" ||
    (!query.get("resourceVersionMatch") && limit > 0 && wanted > 0);
  if (isExact) {
    if (wanted < store.compacted) throw expired("The resourceVersion for the provided list is too old.");
    return { revision: wanted, start: "", limit };
  }
  // "0" is served by the watch cache, which does not page: limit is ignored.
  return {
    revision: readRevision(cluster, asked === "0", wanted, stale),
    start: "",
    limit: asked === "0" ? 0 : limit,
  };
}

/** handleCompactedErrorForPaging of k8s.io/apiserver/pkg/storage/etcd3/errors.go. */
function inconsistent(start: string): ApiError {
  const error = new ApiError(
    410,
    "Expired",
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
  );
  Object.assign(error.status.metadata, { continue: encodeContinue(latestRevision, start) });
  return error;
}
