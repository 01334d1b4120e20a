import { frozenCopy } from "./json.ts";
import type { Resource, Store } from "./store.ts";
import type { GroupResource, KubeObject, ResourceVersionDefinition } from "./types.ts";

/** What every operation needs: the store and the two sources of the outside world. */
export interface Cluster {
  readonly store: Store;
  readonly clock: () => number;
  readonly random: () => number;
}

/** What a request is about. */
export interface Target {
  readonly resource: Resource;
  readonly version: ResourceVersionDefinition;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

export const groupResource = ({ definition }: Resource): GroupResource => ({
  group: definition.group,
  resource: definition.plural,
});

/** Some messages name the kind where others name the resource. */
export const groupKind = ({ definition }: Resource): GroupResource => ({
  group: definition.group,
  resource: definition.kind,
});

export const apiVersionOf = (group: string, version: string): string =>
  group === "" ? version : `${group}/${version}`;

const shown = new WeakMap<KubeObject, { epoch: number; version: string; object: KubeObject }>();

/**
 * A stored object as one version of its resource shows it now. Schemas apply on reading too: an upgrade of a
 * CustomResourceDefinition hides at once what its schema no longer knows (structural pruning on decode,
 * unstructuredSchemaCoercer of k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go).
 */
export function present(
  resource: Resource,
  version: ResourceVersionDefinition,
  stored: KubeObject,
): KubeObject {
  if (version.shape === undefined) return stored;
  const known = shown.get(stored);
  if (known !== undefined && known.epoch === resource.epoch && known.version === version.name) {
    return known.object;
  }
  const apiVersion = apiVersionOf(resource.definition.group, version.name);
  const versioned = stored.apiVersion === apiVersion ? stored : { ...stored, apiVersion };
  const object = frozenCopy(version.shape(versioned).object);
  shown.set(stored, { epoch: resource.epoch, version: version.name, object });
  return object;
}
