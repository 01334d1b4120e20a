/**
 * What a CustomResourceDefinition object says, as a resource
 * (https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/).
 */
import { isObject, isSame, valueAt } from "./json.ts";
import type { Schema } from "./schema.ts";
import { schemaErrors } from "./schema-errors.ts";
import { shapeValue } from "./schema-shape.ts";
import { invalidValue, required } from "./status.ts";
import type {
  FieldError,
  JsonObject,
  KubeObject,
  ResourceDefinition,
  ResourceStrategy,
  ResourceVersionDefinition,
  ShapedObject,
} from "./types.ts";

export const cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

const objectAt = (value: unknown, ...path: string[]): JsonObject => {
  const found = valueAt(value, path);
  return isObject(found) ? found : {};
};
const listAt = (value: unknown, ...path: string[]): readonly unknown[] => {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
};

/** CustomResourceDefinitions themselves. Established at once: the real one takes a second or two. */
export const customResourceDefinitions: ResourceDefinition = {
  group: "apiextensions.k8s.io",
  plural: "customresourcedefinitions",
  singular: "customresourcedefinition",
  kind: "CustomResourceDefinition",
  listKind: "CustomResourceDefinitionList",
  shortNames: ["crd", "crds"],
  namespaced: false,
  versions: [{ name: "v1", hasStatus: true, selectableFields: {}, validate: definitionErrors }],
  strategy: {
    custom: false,
    unconditionalUpdate: false,
    createOnUpdate: false,
    answersDeletedObject: false,
    statusTakesMetadata: true,
    unknownFieldMessage: (label) => `field label not supported: ${label}`,
    prepareCreate: (object, now) => {
      const shown = withNames(object);
      const names = objectAt(shown, "spec", "names");
      const condition = (type: string, reason: string, message: string): JsonObject => ({
        type,
        status: "True",
        lastTransitionTime: now,
        reason,
        message,
      });
      return {
        ...shown,
        metadata: { ...shown.metadata, generation: 1 },
        status: {
          conditions: [
            condition("NamesAccepted", "NoConflicts", "no conflicts found"),
            condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
          ],
          acceptedNames: names,
          storedVersions: versionsOf(shown)
            .filter((version) => version["storage"] === true)
            .map((version) => version["name"]),
        },
      };
    },
    prepareUpdate: (object, old) => {
      const shown = withNames(object);
      const generation = (old.metadata.generation ?? 0) + (isSame(shown["spec"], old["spec"]) ? 0 : 1);
      return { ...shown, metadata: { ...shown.metadata, generation } };
    },
    // pkg/registry/customresourcedefinition/etcd.go: the first DELETE adds the finalizer that empties it.
    prepareDelete: (object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        finalizers: [...new Set([...(object.metadata.finalizers ?? []), cleanupFinalizer])],
      },
    }),
  },
};

function withNames(object: KubeObject): KubeObject {
  const names = objectAt(object, "spec", "names");
  const kind = String(names["kind"] ?? "");
  return {
    ...object,
    spec: {
      conversion: { strategy: "None" },
      ...objectAt(object, "spec"),
      names: { singular: kind.toLowerCase(), listKind: `${kind}List`, ...names },
    },
  };
}

const versionsOf = (definition: KubeObject): JsonObject[] =>
  listAt(definition, "spec", "versions").filter(isObject);

function definitionErrors(object: KubeObject): FieldError[] {
  const spec = objectAt(object, "spec");
  const names = objectAt(spec, "names");
  const errors: FieldError[] = [];
  if (object.metadata.name !== `${names["plural"]}.${spec["group"]}`) {
    errors.push(
      invalidValue("metadata.name", object.metadata.name, 'must be spec.names.plural+"."+spec.group'),
    );
  }
  versionsOf(object).forEach((version, index) => {
    if (valueAt(version, ["schema", "openAPIV3Schema"]) === undefined) {
      errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`));
    }
  });
  if (versionsOf(object).filter((version) => version["storage"] === true).length !== 1) {
    errors.push(
      invalidValue(
        "spec.versions",
        versionsOf(object),
        "must have exactly one version marked as storage version",
      ),
    );
  }
  return errors;
}

/** pkg/registry/customresource/strategy.go of k8s.io/apiextensions-apiserver. */
const strategy: ResourceStrategy = {
  custom: true,
  unconditionalUpdate: false,
  createOnUpdate: false,
  answersDeletedObject: false,
  statusTakesMetadata: false,
  unknownFieldMessage: (label) => `field label not supported: ${label}`,
};

/** The resource that a (valid) CustomResourceDefinition object defines. */
export function resourceOf(definition: KubeObject): ResourceDefinition {
  const spec = objectAt(definition, "spec");
  const names = objectAt(spec, "names");
  const group = String(spec["group"]);
  const kind = String(names["kind"]);
  return {
    group,
    plural: String(names["plural"]),
    singular: String(names["singular"]),
    kind,
    listKind: String(names["listKind"]),
    shortNames: listAt(names, "shortNames").map(String),
    namespaced: spec["scope"] === "Namespaced",
    versions: versionsOf(definition)
      .filter((version) => version["served"] === true)
      .map((version) => versionOf(version, kind)),
    strategy,
  };
}

function versionOf(version: JsonObject, kind: string): ResourceVersionDefinition {
  const schema = objectAt(version, "schema", "openAPIV3Schema") as Schema;
  const fields = listAt(version, "selectableFields").map((field) => String(valueAt(field, ["jsonPath"])));
  const implied = withImpliedFields(schema);
  const contents = contentsOf(schema);
  return {
    name: String(version["name"]),
    hasStatus: valueAt(version, ["subresources", "status"]) !== undefined,
    selectableFields: Object.fromEntries(
      fields.map((jsonPath) => {
        const steps = jsonPath.replace(/^\./, "").split(".");
        return [
          steps.join("."),
          (object: KubeObject) => {
            const value = valueAt(object, steps);
            return value === undefined || value === null ? "" : String(value);
          },
        ];
      }),
    ),
    shape: (object) => shapeObject(object, contents),
    validate: (object) => [
      ...(object.kind === kind ? [] : [invalidValue("kind", object.kind, `must be ${kind}`)]),
      ...schemaErrors(object, implied, ""),
    ],
  };
}

/** apiVersion, kind and metadata are always there, whatever the schema says of them. */
const withImpliedFields = (schema: Schema): Schema => ({
  ...schema,
  properties: { apiVersion: {}, kind: {}, metadata: {}, ...schema.properties },
});

function contentsOf(schema: Schema): Schema {
  const { apiVersion: _a, kind: _k, metadata: _m, ...properties } = schema.properties ?? {};
  return { ...schema, properties };
}

/** @param contents the schema without what every object has */
function shapeObject(object: KubeObject, contents: Schema): ShapedObject {
  const unknownFields: string[] = [];
  const { apiVersion, kind, metadata, ...content } = object;
  const shaped = shapeValue(content, contents, "", unknownFields);
  if (shaped === content) return { object, unknownFields };
  return { object: { apiVersion, kind, metadata, ...(shaped as JsonObject) }, unknownFields };
}
