/**
 * Delete: k8s.io/apiserver/pkg/registry/rest/delete.go (BeforeDelete) and
 * pkg/registry/generic/registry/store.go (Delete, updateForGracefulDeletionAndFinalizers, markAsDeleting).
 */
import { type Cluster, groupKind, groupResource, present, type Target } from "./cluster.ts";
import { isObject, isSame } from "./json.ts";
import { timestamp } from "./names.ts";
import { badRequest, conflict, forbidden, invalid, notFound, success, unsupported } from "./status.ts";
import { keyOf } from "./store.ts";
import type { KubeObject } from "./types.ts";

export interface DeleteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly isDryRun: boolean;
}

export function deleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  if (body !== undefined && !isObject(body)) throw badRequest("the body is not a DeleteOptions object");
  const given = body ?? {};
  const preconditions = isObject(given["preconditions"]) ? given["preconditions"] : {};
  const grace = given["gracePeriodSeconds"] ?? query.get("gracePeriodSeconds") ?? undefined;
  const policy = given["propagationPolicy"] ?? query.get("propagationPolicy") ?? undefined;
  const policies = ["Foreground", "Background", "Orphan"];
  if (policy !== undefined && !policies.includes(String(policy))) {
    throw invalid({ group: "meta.k8s.io", resource: "DeleteOptions" }, "", [
      unsupported("propagationPolicy", policy, [...policies, "nil"]),
    ]);
  }
  const dryRun = given["dryRun"];
  return {
    ...(typeof preconditions["uid"] === "string" ? { uid: preconditions["uid"] } : {}),
    ...(typeof preconditions["resourceVersion"] === "string"
      ? { resourceVersion: preconditions["resourceVersion"] }
      : {}),
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === undefined ? {} : { propagationPolicy: String(policy) }),
    isDryRun: (Array.isArray(dryRun) && dryRun.includes("All")) || query.get("dryRun") === "All",
  };
}

/** Answers the object where it stays for now (or its kind answers so), else a Status. */
export function remove(cluster: Cluster, target: Target, options: DeleteOptions): unknown {
  const { resource, version } = target;
  const { definition, table } = resource;
  const name = target.name ?? "";
  const refusal = definition.strategy.refuseDelete?.(name);
  if (refusal !== undefined) throw forbidden(groupResource(resource), name, refusal);
  const key = keyOf(definition, target.namespace, name);
  const existing = table.get(key);
  if (existing === undefined) throw notFound(groupResource(resource), name);
  checkPreconditions(target, existing, options);
  if (isPending(existing, options, definition.strategy.gracePeriodSeconds !== undefined)) {
    return present(resource, version, existing);
  }
  const marked = mark(cluster, target, existing, options);
  if (options.isDryRun) return present(resource, version, existing);
  // A Pod is first marked and then removed, two revisions, also when its grace period is 0.
  const isChanged = !isSame(marked.object, existing);
  const stored = isChanged ? cluster.store.commit(resource, key, marked.object) : existing;
  if (marked.stays) return present(resource, version, stored);
  // A hook of the first write may have finished the job.
  const gone = table.get(key) === undefined ? stored : cluster.store.commit(resource, key, null);
  if (definition.strategy.answersDeletedObject) return present(resource, version, gone);
  return success({
    name,
    ...(definition.group === "" ? {} : { group: definition.group }),
    kind: definition.plural,
    ...(gone.metadata.uid === undefined ? {} : { uid: gone.metadata.uid }),
  });
}

function checkPreconditions(
  { resource, name = "" }: Target,
  existing: KubeObject,
  options: DeleteOptions,
): void {
  const { uid, resourceVersion } = existing.metadata;
  if (options.uid !== undefined && options.uid !== uid) {
    throw conflict(
      groupKind(resource),
      name,
      `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    throw conflict(
      groupKind(resource),
      name,
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}

/** Graceful deletion is under way, and this request does not shorten it. */
function isPending(existing: KubeObject, options: DeleteOptions, isGraceful: boolean): boolean {
  const left = existing.metadata.deletionGracePeriodSeconds ?? 0;
  if (!isGraceful || existing.metadata.deletionTimestamp === undefined || left === 0) return false;
  return options.gracePeriodSeconds === undefined || options.gracePeriodSeconds >= left;
}

/** The object with its marks of deletion, and whether it stays (grace, finalizers). */
function mark(
  { clock }: Cluster,
  { resource: { definition } }: Target,
  existing: KubeObject,
  options: DeleteOptions,
): { object: KubeObject; stays: boolean } {
  const { strategy } = definition;
  const now = clock();
  let object = strategy.prepareDelete?.(existing, timestamp(now)) ?? existing;
  const finalizers = collectorFinalizers(object.metadata.finalizers ?? [], options.propagationPolicy);
  const isHeld = finalizers.length > 0 || definition.plural === "namespaces";
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, generation } = object.metadata;
  let at = deletionTimestamp === undefined ? now : Date.parse(deletionTimestamp);
  let seconds: number | undefined;
  if (
    strategy.gracePeriodSeconds !== undefined &&
    (deletionTimestamp === undefined || deletionGracePeriodSeconds > 0)
  ) {
    seconds = strategy.gracePeriodSeconds(object, options.gracePeriodSeconds);
    if (deletionTimestamp === undefined) at = now + seconds * 1000;
    else {
      at = at - deletionGracePeriodSeconds * 1000 + seconds * 1000;
      if (at < now) {
        at = now;
        if (seconds !== 0) seconds = 1;
      }
    }
  } else if (isHeld) {
    seconds = 0;
    if (at > now) at = now;
  }
  if (seconds === undefined) return { object, stays: false };
  const metadata = {
    ...object.metadata,
    deletionTimestamp: timestamp(at),
    deletionGracePeriodSeconds: seconds,
    // The first mark bumps the generation, where the kind counts one.
    ...(deletionTimestamp === undefined && generation !== undefined && generation > 0
      ? { generation: generation + 1 }
      : {}),
  };
  object = { ...object, metadata: finalizers.length > 0 ? { ...metadata, finalizers } : metadata };
  if (definition.plural === "namespaces") {
    const { deletionGracePeriodSeconds: _, ...ofNamespace } = object.metadata;
    object = { ...object, metadata: ofNamespace, status: { phase: "Terminating" } };
  }
  return { object, stays: isHeld || seconds > 0 };
}

/** deletionFinalizersForGarbageCollection: the collector itself is not imitated. */
function collectorFinalizers(finalizers: readonly string[], policy: string | undefined): string[] {
  if (policy === undefined) return [...finalizers];
  const others = finalizers.filter((name) => name !== "orphan" && name !== "foregroundDeletion");
  if (policy === "Foreground") return [...others, "foregroundDeletion"];
  if (policy === "Orphan") return [...others, "orphan"];
  return others;
}
