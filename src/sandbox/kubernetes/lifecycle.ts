/**
 * The two controllers without which a simulated cluster could not be cleaned up: namespaces and
 * CustomResourceDefinitions empty themselves when they are deleted. At once, where the real ones take seconds.
 */
import type { Cluster, Target } from "./cluster.ts";
import { cleanupFinalizer, resourceOf } from "./custom-resources.ts";
import { remove } from "./remove.ts";
import type { Resource } from "./store.ts";
import type { Change, KubeObject } from "./types.ts";

export function startLifecycle(cluster: Cluster): void {
  cluster.store.onChange((change) => {
    const { group, plural } = change.resource;
    if (group === "apiextensions.k8s.io" && plural === "customresourcedefinitions")
      definitionChanged(cluster, change);
    if (group === "" && plural === "namespaces" && change.type === "MODIFIED")
      emptyNamespace(cluster, change.object);
    if (change.type === "DELETED") finishOwners(cluster, change);
  });
}

function definitionChanged(cluster: Cluster, change: Change): void {
  const defined = resourceOf(change.object);
  const known = cluster.store.resource(defined.group, defined.plural);
  if (change.type === "DELETED") {
    if (known !== undefined) cluster.store.unregister(known);
    return;
  }
  if (change.object.metadata.deletionTimestamp !== undefined) {
    if (known === undefined || known.isTerminating) return;
    known.isTerminating = true;
    removeAll(cluster, known, [...known.table.objects()]);
    finishDefinition(cluster, known);
    return;
  }
  const isNewSchema = change.old === undefined || change.old["spec"] !== change.object["spec"];
  if (!isNewSchema) return;
  const resource = cluster.store.register(defined);
  // The real server tears the old storage down, which ends its watches.
  if (change.type === "MODIFIED") cluster.store.endWatches(resource);
}

function emptyNamespace(cluster: Cluster, namespace: KubeObject): void {
  if (namespace.metadata.deletionTimestamp === undefined) return;
  const { name } = namespace.metadata;
  for (const resource of [...cluster.store.resources()]) {
    if (!resource.definition.namespaced) continue;
    const content = [...resource.table.objects()].filter((object) => object.metadata.namespace === name);
    removeAll(
      cluster,
      resource,
      content.filter((object) => object.metadata.deletionTimestamp === undefined),
    );
  }
  finishNamespace(cluster, name);
}

function removeAll(cluster: Cluster, resource: Resource, objects: readonly KubeObject[]): void {
  const version = resource.definition.versions[0];
  if (version === undefined) return;
  for (const { metadata } of objects) {
    const target: Target = {
      resource,
      version,
      namespace: metadata.namespace,
      name: metadata.name,
      subresource: undefined,
    };
    remove(cluster, target, { isDryRun: false });
  }
}

function finishOwners(cluster: Cluster, { resource, object }: Change): void {
  const holder = cluster.store.resource(resource.group, resource.plural);
  if (holder?.isTerminating === true) finishDefinition(cluster, holder);
  if (object.metadata.namespace !== undefined) finishNamespace(cluster, object.metadata.namespace);
}

function finishDefinition({ store }: Cluster, resource: Resource): void {
  if (resource.table.size > 0) return;
  const definitions = store.resource("apiextensions.k8s.io", "customresourcedefinitions");
  const { plural, group } = resource.definition;
  const name = `${plural}.${group}`;
  const finalizers = definitions?.table.get(name)?.metadata.finalizers ?? [];
  // Somebody else's finalizer holds the definition longer.
  if (definitions === undefined || finalizers.some((finalizer) => finalizer !== cleanupFinalizer)) return;
  if (definitions.table.get(name) !== undefined) store.commit(definitions, name, null);
}

function finishNamespace({ store }: Cluster, name: string): void {
  const namespaces = store.resource("", "namespaces");
  const namespace = namespaces?.table.get(name);
  if (namespaces === undefined || namespace?.metadata.deletionTimestamp === undefined) return;
  if ((namespace.metadata.finalizers ?? []).length > 0) return;
  for (const { definition, table } of store.resources()) {
    if (!definition.namespaced) continue;
    const left = table.page({
      prefix: `${name}/`,
      start: "",
      limit: 1,
      revision: store.revision,
      matches: undefined,
    });
    if (left.items.length > 0) return;
  }
  store.commit(namespaces, name, null);
}
