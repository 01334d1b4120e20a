/** Pods: pkg/registry/core/pod/strategy.go and pkg/apis/core/v1/defaults.go of Kubernetes 1.34. */
import { isObject, isSame, valueAt } from "./json.ts";
import { forbiddenField, required } from "./status.ts";
import type { FieldError, JsonObject, KubeObject } from "./types.ts";

const specOf = (object: KubeObject): JsonObject => (isObject(object["spec"]) ? object["spec"] : {});
const statusOf = (object: KubeObject): JsonObject => (isObject(object["status"]) ? object["status"] : {});

const withDefaults = (spec: JsonObject): JsonObject => ({
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  securityContext: {},
  schedulerName: "default-scheduler",
  enableServiceLinks: true,
  ...spec,
});

export const preparePodCreate = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, generation: 1 },
  spec: withDefaults(specOf(object)),
  status: { phase: "Pending", qosClass: "BestEffort" },
});

export function preparePodUpdate(object: KubeObject, old: KubeObject): KubeObject {
  const spec = withDefaults(specOf(object));
  const generation = (old.metadata.generation ?? 0) + (isSame(spec, old["spec"]) ? 0 : 1);
  return { ...object, spec, metadata: { ...object.metadata, generation } };
}

/** Writes of status keep the spec and the owners; a lost qosClass comes back. */
export function preparePodStatus(object: KubeObject, old: KubeObject): KubeObject {
  const { ownerReferences: _, ...metadata } = object.metadata;
  const owners = old.metadata.ownerReferences;
  const qosClass = statusOf(old)["qosClass"];
  return {
    ...object,
    metadata: owners === undefined ? metadata : { ...metadata, ownerReferences: owners },
    spec: old["spec"],
    status: { ...(qosClass === undefined ? {} : { qosClass }), ...statusOf(object) },
  };
}

/** CheckGracefulDelete: a Pod without a node, or one that has ended, goes at once. */
export function podGracePeriodSeconds(object: KubeObject, requested: number | undefined): number {
  const spec = specOf(object);
  const phase = statusOf(object)["phase"];
  if (!spec["nodeName"] || phase === "Failed" || phase === "Succeeded") return 0;
  const own = spec["terminationGracePeriodSeconds"];
  const seconds = requested ?? (typeof own === "number" ? own : 0);
  return seconds < 0 ? 1 : seconds;
}

const changeable = ["activeDeadlineSeconds", "tolerations", "containers", "initContainers"];

/** ValidatePodUpdate, coarser in one thing: inside containers any change is let through, not the image only. */
export function podErrors(object: KubeObject, old: KubeObject | undefined): FieldError[] {
  const containers = valueAt(object, ["spec", "containers"]);
  const errors: FieldError[] = [];
  if (!Array.isArray(containers) || containers.length === 0) errors.push(required("spec.containers"));
  else {
    containers.forEach((container: unknown, index) => {
      if (!valueAt(container, ["name"])) errors.push(required(`spec.containers[${index}].name`));
    });
  }
  if (old === undefined) return errors;
  const fixed = (spec: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(spec).filter(([key]) => !changeable.includes(key)));
  if (!isSame(fixed(specOf(object)), fixed(withDefaults(specOf(old))))) {
    errors.push(
      forbiddenField(
        "spec",
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
      ),
    );
  }
  return errors;
}
