/**
 * The built-in resources, as data. Selectable fields: pkg/apis/core/v1/conversion.go of Kubernetes 1.34;
 * the switches: AllowCreateOnUpdate, AllowUnconditionalUpdate, ReturnDeletedObject of pkg/registry/*.
 */
import { configMapErrors } from "./config-map.ts";
import { valueAt } from "./json.ts";
import { decodeLease, leaseErrors } from "./lease.ts";
import {
  podErrors,
  podGracePeriodSeconds,
  preparePodCreate,
  preparePodStatus,
  preparePodUpdate,
} from "./pod.ts";
import type { KubeObject, ResourceDefinition, ResourceStrategy } from "./types.ts";

const notSupported = (label: string): string => `field label not supported: ${label}`;

/** DefaultMetaV1FieldSelectorConversion of k8s.io/apimachinery/pkg/runtime/conversion.go. */
const notKnown = (label: string): string =>
  `"${label}" is not a known field selector: only "metadata.name", "metadata.namespace"`;

const usual: ResourceStrategy = {
  custom: false,
  unconditionalUpdate: true,
  createOnUpdate: false,
  answersDeletedObject: false,
  statusTakesMetadata: true,
  unknownFieldMessage: notKnown,
};

const textAt = (path: string): ((object: KubeObject) => string) => {
  const steps = path.split(".");
  return (object) => {
    const value = valueAt(object, steps);
    return value === undefined || value === null ? "" : String(value);
  };
};

const texts = (...paths: string[]): Record<string, (object: KubeObject) => string> =>
  Object.fromEntries(paths.map((path) => [path, textAt(path)]));

const flag =
  (path: string): ((object: KubeObject) => string) =>
  (object) =>
    String(valueAt(object, path.split(".")) === true);

interface Sketch {
  readonly group?: string;
  readonly plural: string;
  readonly kind: string;
  readonly shortNames?: readonly string[];
  readonly namespaced: boolean;
  readonly hasStatus?: boolean;
  readonly selectableFields?: Record<string, (object: KubeObject) => string>;
  readonly strategy?: Partial<ResourceStrategy>;
  readonly validate?: ResourceDefinition["versions"][number]["validate"];
}

const define = (sketch: Sketch): ResourceDefinition => ({
  group: sketch.group ?? "",
  plural: sketch.plural,
  singular: sketch.kind.toLowerCase(),
  kind: sketch.kind,
  listKind: `${sketch.kind}List`,
  shortNames: sketch.shortNames ?? [],
  namespaced: sketch.namespaced,
  versions: [
    {
      name: "v1",
      hasStatus: sketch.hasStatus ?? false,
      selectableFields: sketch.selectableFields ?? {},
      ...(sketch.validate === undefined ? {} : { validate: sketch.validate }),
    },
  ],
  strategy: { ...usual, ...sketch.strategy },
});

const pods = define({
  plural: "pods",
  kind: "Pod",
  shortNames: ["po"],
  namespaced: true,
  hasStatus: true,
  selectableFields: {
    ...texts(
      "spec.nodeName",
      "spec.restartPolicy",
      "spec.schedulerName",
      "spec.serviceAccountName",
      "status.phase",
      "status.podIP",
      "status.nominatedNodeName",
    ),
    "spec.hostNetwork": flag("spec.hostNetwork"),
  },
  validate: podErrors,
  strategy: {
    unknownFieldMessage: notSupported,
    answersDeletedObject: true,
    gracePeriodSeconds: podGracePeriodSeconds,
    prepareCreate: preparePodCreate,
    prepareUpdate: preparePodUpdate,
    prepareStatus: preparePodStatus,
  },
});

const immortal = new Set(["default", "kube-system", "kube-public"]);

const namespaces = define({
  plural: "namespaces",
  kind: "Namespace",
  shortNames: ["ns"],
  namespaced: false,
  hasStatus: true,
  selectableFields: texts("status.phase"),
  strategy: {
    labelNames: true,
    unknownFieldMessage: notSupported,
    refuseDelete: (name) => (immortal.has(name) ? "this namespace may not be deleted" : undefined),
    prepareCreate: (object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        labels: { ...object.metadata.labels, "kubernetes.io/metadata.name": object.metadata.name },
      },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    }),
    prepareUpdate: (object, old) => ({ ...object, spec: old["spec"] }),
  },
});

const nodes = define({
  plural: "nodes",
  kind: "Node",
  shortNames: ["no"],
  namespaced: false,
  hasStatus: true,
  selectableFields: { "spec.unschedulable": flag("spec.unschedulable") },
  // Nodes take a status at creation (pkg/registry/core/node/strategy.go, dropDisabledFields): kubelets register so.
  strategy: { unknownFieldMessage: notSupported, prepareCreate: (object) => object },
});

const configMaps = define({
  plural: "configmaps",
  kind: "ConfigMap",
  shortNames: ["cm"],
  namespaced: true,
  validate: configMapErrors,
});

const serviceAccounts = define({
  plural: "serviceaccounts",
  kind: "ServiceAccount",
  shortNames: ["sa"],
  namespaced: true,
  strategy: { answersDeletedObject: true },
});

const events = define({
  plural: "events",
  kind: "Event",
  shortNames: ["ev"],
  namespaced: true,
  selectableFields: texts(
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ),
  strategy: { createOnUpdate: true, unknownFieldMessage: notSupported },
});

const leases = define({
  group: "coordination.k8s.io",
  plural: "leases",
  kind: "Lease",
  namespaced: true,
  strategy: { createOnUpdate: true, unconditionalUpdate: false, decode: decodeLease },
  validate: leaseErrors,
});

export const builtins: readonly ResourceDefinition[] = [
  pods,
  nodes,
  namespaces,
  configMaps,
  serviceAccounts,
  events,
  leases,
];
