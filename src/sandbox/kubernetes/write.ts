/** Create and update: k8s.io/apiserver/pkg/registry/generic/registry/store.go, Create and Update. */
import { type Cluster, groupKind, groupResource, present, type Target } from "./cluster.ts";
import { checkName, decode, type WriteOptions } from "./decode.ts";
import { isSame } from "./json.ts";
import { createErrors, generatedName, newUid, timestamp, updateErrors } from "./names.ts";
import {
  ApiError,
  alreadyExists,
  conflict,
  forbidden,
  invalid,
  invalidValue,
  modified,
  notFound,
} from "./status.ts";
import { keyOf } from "./store.ts";
import type { JsonObject, KubeObject, ObjectMeta } from "./types.ts";

export interface Written {
  readonly object: KubeObject;
  readonly wasCreated: boolean;
  readonly unknownFields: readonly string[];
}

export function create(cluster: Cluster, target: Target, body: unknown, options: WriteOptions): Written {
  const { object, unknownFields } = decode(target, body, options);
  return { object: insert(cluster, target, object, options), wasCreated: true, unknownFields };
}

function insert(cluster: Cluster, target: Target, request: KubeObject, options: WriteOptions): KubeObject {
  const { resource, version, namespace } = target;
  const { definition, table } = resource;
  admitCreate(cluster, target, request.metadata.name ?? "");
  const { uid: _uid, ...asked } = request.metadata;
  const now = timestamp(cluster.clock());
  let name = asked.name ?? "";
  if (name === "" && asked.generateName) {
    // RetryGenerateName (1.32): up to eight tries before the clash is told.
    for (
      let tries = 0;
      tries < 8 && (name === "" || table.get(keyOf(definition, namespace, name)));
      tries++
    ) {
      name = generatedName(asked.generateName, cluster.random);
    }
  }
  const metadata: ObjectMeta = {
    ...asked,
    name,
    uid: newUid(cluster.random),
    creationTimestamp: now,
  };
  let object: KubeObject = { ...request, metadata };
  if (definition.strategy.custom) object = { ...object, metadata: { ...metadata, generation: 1 } };
  if (version.hasStatus && definition.strategy.prepareCreate === undefined)
    object = withStatus(object, undefined);
  object = definition.strategy.prepareCreate?.(object, now) ?? object;
  const errors = [...(version.validate?.(object, undefined) ?? []), ...createErrors(object, definition)];
  if (errors.length > 0)
    throw invalid(groupKind({ ...resource, definition: kindAs(resource, object) }), name, errors);
  if (asked.resourceVersion !== undefined && asked.resourceVersion !== "0") {
    throw new ApiError(500, undefined, "resourceVersion should not be set on objects to be created");
  }
  const key = keyOf(definition, namespace, name);
  const there = table.get(key);
  if (there !== undefined)
    throw alreadyExists(groupResource(resource), name, there.metadata.deletionTimestamp !== undefined);
  if (options.isDryRun) return object;
  return present(resource, version, cluster.store.commit(resource, key, object));
}

const kindAs = (resource: Target["resource"], object: KubeObject): Target["resource"]["definition"] => ({
  ...resource.definition,
  kind: object.kind,
});

/** NamespaceLifecycle admission and the guard of terminating CustomResourceDefinitions. */
function admitCreate({ store }: Cluster, { resource, namespace }: Target, name: string): void {
  if (resource.isTerminating) {
    throw forbidden(
      groupResource(resource),
      name,
      "create not allowed while custom resource definition is terminating",
    );
  }
  if (!resource.definition.namespaced) return;
  const found = store.resource("", "namespaces")?.table.get(namespace ?? "");
  if (found === undefined) throw notFound({ group: "", resource: "namespaces" }, namespace ?? "");
  if (found.metadata.deletionTimestamp !== undefined) {
    throw forbidden(
      groupResource(resource),
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      [
        {
          reason: "NamespaceTerminating",
          message: `namespace ${namespace} is being terminated`,
          field: "metadata.namespace",
        },
      ],
    );
  }
}

function withStatus(object: KubeObject, status: unknown): KubeObject {
  const { status: _, ...rest } = object;
  return (status === undefined ? rest : { ...rest, status }) as KubeObject;
}

export interface UpdatePlan {
  /** The wanted object, made from the present one (undefined: there is none). Called once. */
  readonly next: (existing: KubeObject | undefined) => {
    object: KubeObject;
    unknownFields: readonly string[];
  };
  /** The UID that the writer expects (a PUT that carries one). */
  readonly expectedUid: string | undefined;
  readonly mayCreate: boolean;
}

export function update(cluster: Cluster, target: Target, plan: UpdatePlan, options: WriteOptions): Written {
  const { resource, version, namespace } = target;
  const { definition, table } = resource;
  const name = target.name ?? "";
  const key = keyOf(definition, namespace, name);
  const stored = table.get(key);
  const existing = stored === undefined ? undefined : present(resource, version, stored);
  if (existing === undefined && !plan.mayCreate) throw notFound(groupResource(resource), name);
  if (plan.expectedUid !== undefined && plan.expectedUid !== existing?.metadata.uid) {
    throw conflict(
      groupResource(resource),
      name,
      `StorageError: invalid object, Code: 4, Key: /registry/${definition.strategy.custom ? `${definition.group}/` : ""}${definition.plural}/${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${plan.expectedUid}, UID in object meta: ${existing?.metadata.uid ?? ""}`,
    );
  }
  const { object: wanted, unknownFields } = plan.next(existing);
  checkName(wanted, name);
  if (existing === undefined) {
    const { resourceVersion: _, ...metadata } = wanted.metadata;
    return {
      object: insert(cluster, target, { ...wanted, metadata }, options),
      wasCreated: true,
      unknownFields,
    };
  }
  checkVersion(target, wanted, existing);
  const object = prepared(target, wanted, existing);
  const errors = [...(version.validate?.(object, existing) ?? []), ...updateErrors(object, existing)];
  if (errors.length > 0) throw invalid(groupKind(resource), name, errors);
  if (isFinished(object, existing)) {
    if (!options.isDryRun) cluster.store.commit(resource, key, null);
    return { object, wasCreated: false, unknownFields };
  }
  // A write that changes nothing makes no new revision (GuaranteedUpdate compares the stored bytes).
  if (isSame(object, existing) || options.isDryRun) return { object, wasCreated: false, unknownFields };
  const written = present(resource, version, cluster.store.commit(resource, key, object));
  return { object: written, wasCreated: false, unknownFields };
}

function checkVersion({ resource, name = "" }: Target, wanted: KubeObject, existing: KubeObject): void {
  const asked = wanted.metadata.resourceVersion;
  if (asked === undefined || asked === "0") {
    if (resource.definition.strategy.unconditionalUpdate) return;
    throw invalid(groupResource(resource), name, [
      invalidValue("metadata.resourceVersion", 0, "must be specified for an update"),
    ]);
  }
  if (asked !== existing.metadata.resourceVersion) throw modified(groupResource(resource), name);
}

/** BeforeUpdate of k8s.io/apiserver/pkg/registry/rest/update.go and the strategies' PrepareForUpdate. */
function prepared(
  { resource, version, subresource }: Target,
  wanted: KubeObject,
  existing: KubeObject,
): KubeObject {
  const { strategy } = resource.definition;
  const kept = existing.metadata;
  const metadata = { ...wanted.metadata, resourceVersion: kept.resourceVersion } as ObjectMeta;
  for (const field of [
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
  ] as const) {
    if (kept[field] === undefined) delete metadata[field];
    else Object.assign(metadata, { [field]: kept[field] });
  }
  metadata.uid ??= kept.uid as string;
  let object: KubeObject = { ...wanted, metadata };
  if (subresource === "status") {
    if (!strategy.statusTakesMetadata) return withStatus(existing, wanted["status"]);
    const base: KubeObject = { ...existing, metadata };
    return strategy.prepareStatus?.({ ...object }, existing) ?? withStatus(base, wanted["status"]);
  }
  if (version.hasStatus) object = withStatus(object, existing["status"]);
  object = strategy.prepareUpdate?.(object, existing) ?? object;
  if (strategy.custom && !isSame(contentOf(object), contentOf(existing))) {
    object.metadata = { ...object.metadata, generation: (kept.generation ?? 0) + 1 };
  }
  return object;
}

const contentOf = ({ metadata: _, ...content }: KubeObject): JsonObject => content;

/** ShouldDeleteDuringUpdate: the last finalizer of an object that is being deleted has gone. */
const isFinished = (object: KubeObject, existing: KubeObject): boolean =>
  (object.metadata.finalizers ?? []).length === 0 &&
  existing.metadata.deletionTimestamp !== undefined &&
  (existing.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  !(existing.kind === "Namespace" && existing.apiVersion === "v1");
