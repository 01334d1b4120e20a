import { ClusterError } from "../../ports/cluster.ts";
import { type Calls, isObject, isRecord, type RawObject } from "./calls.ts";
import { refusal } from "./refusals.ts";
import { apiVersionOf, collectionPath, described, type Resource } from "./resources.ts";
import { saysExpired } from "./status.ts";

export interface ListQuery {
  readonly namespace?: string;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string;
  /** Asks for metadata alone. A server that answers with whole objects is as good. */
  readonly metadataOnly?: boolean;
}

const PAGE_SIZE = 500;
/** A million objects. More pages than that are taken for a server that never ends. */
const MAX_PAGES = 2_000;
/** How many snapshots may expire in mid-list. */
const MAX_STARTS = 4;

/** Kubernetes API concepts, "Metadata-only fetches" (PartialObjectMetadataList). */
const METADATA_ONLY =
  "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;q=0.9";

/**
 * All objects of a resource: every page of one snapshot, or an error. Most recent, because no resourceVersion is asked
 * for (Kubernetes API concepts, "Semantics for get and list"). Each object is projected at once, so that no more than a
 * page of whole ones is held.
 */
export async function listAll<T>(
  calls: Calls,
  resource: Resource,
  query: ListQuery,
  project: (object: RawObject) => T,
): Promise<readonly T[]> {
  for (let starts = 1; starts <= MAX_STARTS; starts++) {
    const items = await listSnapshot(calls, resource, query, project);
    if (items !== "expired") return items;
  }
  throw new ClusterError(
    "server",
    `${described(resource)}: its snapshot expired in mid-list ${MAX_STARTS} times`,
  );
}

async function listSnapshot<T>(
  calls: Calls,
  resource: Resource,
  query: ListQuery,
  project: (object: RawObject) => T,
): Promise<readonly T[] | "expired"> {
  const items: T[] = [];
  const tokens = new Set<string>();
  let snapshot: string | undefined;
  let token = "";
  do {
    const page = await readPage(calls, resource, query, token);
    // 410 tells that the rest would be of another snapshot; another resourceVersion shows that it is (H08).
    if (page === "expired" || (snapshot !== undefined && page.resourceVersion !== snapshot)) return "expired";
    snapshot = page.resourceVersion;
    for (const item of page.items) items.push(project(item));
    token = page.continue;
    if (tokens.has(token) || tokens.size === MAX_PAGES) {
      throw new ClusterError("unreadable", `${described(resource)}: its pages never end`);
    }
    tokens.add(token);
  } while (token !== "");
  return items;
}

interface Page {
  readonly items: readonly RawObject[];
  readonly continue: string;
  readonly resourceVersion: string;
}

async function readPage(
  calls: Calls,
  resource: Resource,
  query: ListQuery,
  token: string,
): Promise<Page | "expired"> {
  const what = `reading ${described(resource)}`;
  const answer = await calls.read(what, {
    method: "GET",
    path: collectionPath(resource, query.namespace),
    query: {
      limit: String(PAGE_SIZE),
      ...(token !== "" && { continue: token }),
      ...(query.labelSelector && { labelSelector: query.labelSelector }),
      ...(query.fieldSelector && { fieldSelector: query.fieldSelector }),
    },
    ...(query.metadataOnly && { accept: METADATA_ONLY }),
    timeoutMilliseconds: calls.timeouts.pageMilliseconds,
  });
  if (saysExpired(answer)) return "expired";
  if (answer.status !== 200) throw refusal(what, answer, false);
  const page = pageOf(answer.body, resource, query.metadataOnly === true);
  if (page === undefined) throw new ClusterError("unreadable", `${what}: the answer is not such a list`);
  return page;
}

function pageOf(body: unknown, resource: Resource, metadataOnly: boolean): Page | undefined {
  if (!isObject(body)) return undefined;
  const shown = itemsOf(body, resource, metadataOnly);
  if (shown === undefined) return undefined;
  const { continue: token = "", resourceVersion } = body.metadata;
  if (typeof token !== "string" || typeof resourceVersion !== "string" || resourceVersion === "")
    return undefined;
  const items: RawObject[] = [];
  for (const item of shown) {
    if (!isRecord(item) || !isObject(item) || typeof item.metadata["name"] !== "string") return undefined;
    items.push(typed(item, resource));
  }
  return { items, continue: token, resourceVersion };
}

/** Items of built-in kinds carry neither apiVersion nor kind in a list. */
const typed = (item: RawObject, resource: Resource): RawObject =>
  "apiVersion" in item && "kind" in item
    ? item
    : { apiVersion: apiVersionOf(resource), kind: resource.kind, ...item };

function itemsOf(body: RawObject, resource: Resource, metadataOnly: boolean): readonly unknown[] | undefined {
  const { apiVersion, kind, items } = body;
  const whole = kind === `${resource.kind}List` && apiVersion === apiVersionOf(resource);
  const partial = metadataOnly && kind === "PartialObjectMetadataList" && apiVersion === "meta.k8s.io/v1";
  // kube-apiserver (1.34) writes an empty list of metadata as null, of whole objects as [].
  if (partial && items === null) return [];
  return (whole || partial) && Array.isArray(items) ? items : undefined;
}

/** A field selector for one value (apimachinery `fields.EscapeValue`: backslash, comma and equals sign are escaped). */
export const fieldIs = (field: string, value: string): string =>
  `${field}=${value.replace(/[\\,=]/g, "\\$&")}`;
