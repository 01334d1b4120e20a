import { type Cluster, groupResource, type Target } from "./cluster.ts";
import { isObject, valueAt } from "./json.ts";
import { conflict, notFound } from "./status.ts";
import { keyOf } from "./store.ts";

/** POST pods/{name}/binding, how a scheduler gives a Pod its node (pkg/registry/core/pod/storage/storage.go). */
export function bindPod({ store }: Cluster, target: Target, body: unknown): unknown {
  const { resource, namespace, name = "" } = target;
  const key = keyOf(resource.definition, namespace, name);
  const pod = resource.table.get(key);
  if (pod === undefined) throw notFound(groupResource(resource), name);
  const bound = valueAt(pod, ["spec", "nodeName"]);
  if (bound !== undefined && bound !== "") {
    throw conflict(
      { group: "", resource: "pods/binding" },
      name,
      `pod ${name} is already assigned to node "${String(bound)}"`,
    );
  }
  const spec = isObject(pod["spec"]) ? pod["spec"] : {};
  store.commit(resource, key, { ...pod, spec: { ...spec, nodeName: valueAt(body, ["target", "name"]) } });
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };
}
