/**
 * Structural schemas of CustomResourceDefinitions: pruning, defaults and validation
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/).
 * Messages: k8s.io/apiextensions-apiserver/pkg/apiserver/validation/validation.go and
 * k8s.io/kube-openapi/pkg/validation/errors/schema.go.
 * Not here: CEL rules (x-kubernetes-validations), formats other than date-time, embedded resources.
 */
import { isObject } from "./json.ts";

export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
}

const defaults = new WeakMap<Schema, readonly (readonly [string, Schema])[]>();

/** The properties that have a default. */
export function defaultsOf(schema: Schema): readonly (readonly [string, Schema])[] {
  const known = defaults.get(schema);
  if (known !== undefined) return known;
  const found = Object.entries(schema.properties ?? {}).filter(([, child]) => child.default !== undefined);
  defaults.set(schema, found);
  return found;
}

export const anything: Schema = {};

export function childSchema(schema: Schema, key: string): Schema | undefined {
  const property = schema.properties?.[key];
  if (property !== undefined) return property;
  if (isObject(schema.additionalProperties)) return schema.additionalProperties as Schema;
  if (schema.additionalProperties === true || schema["x-kubernetes-preserve-unknown-fields"] === true) {
    return anything;
  }
  return undefined;
}

export const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

/** What may be said of a value without a word for each of its parts. */
export type Check = (value: unknown) => boolean;

/** The check of each schema, made once. */
export function madeOnce(make: (schema: Schema) => Check): (schema: Schema) => Check {
  const known = new WeakMap<Schema, Check>();
  return (schema) => {
    const before = known.get(schema);
    if (before !== undefined) return before;
    const made = make(schema);
    known.set(schema, made);
    return made;
  };
}

/** Names of a map are without end; those of properties are few. */
const MOST_KEYS = 256;

/** What a schema has for each key, made once. */
export function ofEachKey<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make(key);
    if (known.size < MOST_KEYS) known.set(key, made);
    return made;
  };
}
