/** Watch: k8s.io/apiserver/pkg/storage/cacher and https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes. */
import { apiVersionOf, type Cluster, present, type Target } from "./cluster.ts";
import { revisionOf } from "./read.ts";
import { selection } from "./selectors.ts";
import { ApiError, expired } from "./status.ts";
import type {
  Change,
  KubeObject,
  WatchEvent,
  WatchListener,
  WatchSource,
  WatchSubscription,
} from "./types.ts";

/** Turns a stored object into what this client asked to see (metadata only, for one). */
export type View = (object: KubeObject) => unknown;

export function watch(cluster: Cluster, target: Target, query: URLSearchParams, view: View): WatchSource {
  const { store } = cluster;
  const { resource, version, namespace } = target;
  const asked = query.get("resourceVersion") ?? "";
  const from = watchRevision(asked);
  const matches = selection(
    query.get("labelSelector") ?? "",
    query.get("fieldSelector") ?? "",
    resource.definition,
    version,
  );
  // Without a version the present state comes first (SetListOptionsDefaults, apis/meta/internalversion/defaults.go).
  const initial = query.get("sendInitialEvents");
  const sendsInitial = initial === null ? from === 0 : initial === "true";
  const hasBookmarks =
    query.get("allowWatchBookmarks") === "true" || query.get("allowWatchBookmarks") === "1";
  const timeout = Number(query.get("timeoutSeconds") ?? 0);
  const compactedAtRequest = store.compacted;
  const isMine = (object: KubeObject): boolean =>
    (!resource.definition.namespaced || namespace === undefined || object.metadata.namespace === namespace) &&
    (matches === undefined || matches(present(resource, version, object)));
  const shown = (object: KubeObject): unknown => view(present(resource, version, object));

  const bookmark = (isInitialEnd: boolean): WatchEvent => ({
    type: "BOOKMARK",
    object: view({
      kind: resource.definition.kind,
      apiVersion: apiVersionOf(resource.definition.group, version.name),
      metadata: {
        resourceVersion: String(store.revision),
        ...(isInitialEnd ? { annotations: { "k8s.io/initial-events-end": "true" } } : {}),
      },
    } as unknown as KubeObject),
  });

  /** An object that enters the selection is ADDED, one that leaves it is DELETED. */
  const eventOf = ({ type, object, old, revision }: Change): WatchEvent | undefined => {
    const isIn = type !== "DELETED" && isMine(object);
    const wasIn = old !== undefined && isMine(old);
    if (isIn) return { type: wasIn ? "MODIFIED" : "ADDED", object: shown(object) };
    if (!wasIn) return undefined;
    const last = { ...old, metadata: { ...old.metadata, resourceVersion: String(revision) } };
    return { type: "DELETED", object: shown(last) };
  };

  const start = (listener: WatchListener): WatchSubscription => {
    const send = (event: WatchEvent | undefined): void => {
      if (event !== undefined) listener.event(event);
    };
    if (sendsInitial) {
      for (const object of resource.table.objects()) {
        if (isMine(object)) send({ type: "ADDED", object: shown(object) });
      }
      if (hasBookmarks) send(bookmark(true));
    } else if (from !== 0 && from < compactedAtRequest) {
      // The stream is open already, so the refusal is an event of it.
      const { status } = expired(`too old resource version: ${from} (${compactedAtRequest})`);
      send({ type: "ERROR", object: status });
      listener.end();
      return { stop: () => undefined, bookmark: () => undefined };
    } else if (from !== 0) for (const change of store.changesAfter(resource, from)) send(eventOf(change));
    const stop = store.watch({ of: resource, change: (change) => send(eventOf(change)), end: listener.end });
    return { stop, bookmark: () => send(hasBookmarks ? bookmark(false) : undefined) };
  };
  return { start, timeoutSeconds: timeout > 0 ? timeout : undefined };
}

/** The storage layer answers an unreadable version of a watch as a plain 500. */
function watchRevision(asked: string): number {
  if (asked === "") return 0;
  if (!/^\d+$/.test(asked)) {
    const quoted = JSON.stringify(asked);
    throw new ApiError(
      500,
      undefined,
      `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
    );
  }
  return revisionOf(asked);
}
