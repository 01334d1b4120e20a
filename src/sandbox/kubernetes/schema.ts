/**
 * Structural schemas of CustomResourceDefinitions: pruning, defaults and validation
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/).
 * Messages: k8s.io/apiextensions-apiserver/pkg/apiserver/validation/validation.go and
 * k8s.io/kube-openapi/pkg/validation/errors/schema.go.
 * Not here: CEL rules (x-kubernetes-validations), formats other than date-time, embedded resources.
 */
import { isObject, isSame } from "./json.ts";
import { duplicate, invalidValue, required, tooLong, tooMany, unsupported, wrongType } from "./status.ts";
import type { FieldError, JsonObject } from "./types.ts";

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

/**
 * The value without fields that the schema does not know, without nulls where null is not allowed, and with
 * defaults. Answers the same value where nothing changes. Names of dropped fields are added to `unknown`.
 */
export function shapeValue(value: unknown, schema: Schema, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? value
      : mapChanged(value, (item, index) => shapeValue(item, items, `${path}[${index}]`, unknown));
  }
  if (!isObject(value)) return value;
  // Most of what comes is as it should be: then nothing is copied.
  let shaped: JsonObject | undefined;
  for (const key of Object.keys(value)) {
    const item = value[key];
    const child = childSchema(schema, key);
    if (child === undefined) unknown.push(join(path, key));
    if (child === undefined || (item === null && child !== anything && child.nullable !== true)) {
      shaped ??= { ...value };
      delete shaped[key];
      continue;
    }
    const kept = child === anything ? item : shapeValue(item, child, join(path, key), unknown);
    if (kept === item) continue;
    shaped ??= { ...value };
    shaped[key] = kept;
  }
  for (const [key, child] of defaultsOf(schema)) {
    if ((shaped ?? value)[key] !== undefined) continue;
    shaped ??= { ...value };
    shaped[key] = shapeValue(child.default, child, join(path, key), []);
  }
  return shaped ?? value;
}

/** The list itself where no item changes. */
function mapChanged(
  list: readonly unknown[],
  change: (item: unknown, index: number) => unknown,
): readonly unknown[] {
  const changed = list.map(change);
  return changed.every((item, index) => item === list[index]) ? list : changed;
}

const defaults = new WeakMap<Schema, readonly (readonly [string, Schema])[]>();

/** The properties that have a default. */
function defaultsOf(schema: Schema): readonly (readonly [string, Schema])[] {
  const known = defaults.get(schema);
  if (known !== undefined) return known;
  const found = Object.entries(schema.properties ?? {}).filter(([, child]) => child.default !== undefined);
  defaults.set(schema, found);
  return found;
}

const anything: Schema = {};

function childSchema(schema: Schema, key: string): Schema | undefined {
  const property = schema.properties?.[key];
  if (property !== undefined) return property;
  if (isObject(schema.additionalProperties)) return schema.additionalProperties as Schema;
  if (schema.additionalProperties === true || schema["x-kubernetes-preserve-unknown-fields"] === true) {
    return anything;
  }
  return undefined;
}

export const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

export function schemaErrors(value: unknown, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  collectErrors(value, schema, path, errors);
  return errors;
}

function collectErrors(value: unknown, schema: Schema, path: string, errors: FieldError[]): void {
  if (value === null && schema.nullable === true) return;
  const type = typeOf(value);
  const allowed = schema["x-kubernetes-int-or-string"] === true ? "integer,string" : schema.type;
  if (allowed !== undefined && !isOfType(type, allowed)) {
    errors.push(wrongType(path, type, `${path} in body must be of type ${allowed}: "${type}"`));
    return;
  }
  valueErrors(value, schema, path, errors);
  combinedErrors(value, schema, path, errors);
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items !== undefined) {
      for (let index = 0; index < value.length; index++)
        collectErrors(value[index], items, `${path}[${index}]`, errors);
    }
    listTypeErrors(value, schema, path, errors);
  } else if (isObject(value)) {
    for (const name of schema.required ?? []) {
      if (value[name] === undefined) errors.push(required(join(path, name)));
    }
    for (const key of Object.keys(value)) {
      const child = childSchema(schema, key);
      if (child !== undefined) collectErrors(value[key], child, join(path, key), errors);
    }
  }
}

const isOfType = (type: string, allowed: string): boolean =>
  allowed === "integer,string" ? type === "integer" || type === "string" : fits(type, allowed);

const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
};

const fits = (actual: string, allowed: string): boolean =>
  actual === allowed || (actual === "integer" && allowed === "number");

const patterns = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    compiled = new RegExp(pattern, "u");
    patterns.set(pattern, compiled);
  }
  return compiled.test(text);
}

/** Characters, not UTF-16 units: counted only where the two can differ. */
const lengthOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : [...text].length);

function valueErrors(value: unknown, schema: Schema, path: string, errors: FieldError[]): void {
  const bad = (text: string): void => {
    errors.push(invalidValue(path, value, `${path} in body ${text}`));
  };
  if (schema.enum !== undefined && !schema.enum.some((item) => isSame(item, value))) {
    errors.push(unsupported(path, value, schema.enum));
  }
  if (typeof value === "string") {
    const length = schema.maxLength === undefined && schema.minLength === undefined ? 0 : lengthOf(value);
    if (schema.maxLength !== undefined && length > schema.maxLength)
      errors.push(tooLong(path, schema.maxLength));
    if (schema.minLength !== undefined && length < schema.minLength)
      bad(`should be at least ${schema.minLength} chars long`);
    if (schema.pattern !== undefined && !matches(schema.pattern, value))
      bad(`should match '${schema.pattern}'`);
    if (schema.format === "date-time" && !isDateTime(value)) {
      errors.push(
        wrongType(path, value, `${path} in body must be of type date-time: ${JSON.stringify(value)}`),
      );
    }
  }
  if (typeof value === "number") {
    const { minimum, maximum } = schema;
    if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum))
      bad(`should be less than ${schema.exclusiveMaximum === true ? "" : "or equal to "}${maximum}`);
    if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum))
      bad(`should be greater than ${schema.exclusiveMinimum === true ? "" : "or equal to "}${minimum}`);
  }
  if (Array.isArray(value)) {
    if (schema.maxItems !== undefined && value.length > schema.maxItems)
      errors.push(tooMany(path, value.length, schema.maxItems));
    if (schema.minItems !== undefined && value.length < schema.minItems)
      bad(`should have at least ${schema.minItems} items`);
  }
  const { maxProperties, minProperties } = schema;
  if ((maxProperties !== undefined || minProperties !== undefined) && isObject(value)) {
    const count = Object.keys(value).length;
    if (schema.maxProperties !== undefined && count > schema.maxProperties)
      errors.push(tooMany(path, count, schema.maxProperties));
    if (schema.minProperties !== undefined && count < schema.minProperties)
      bad(`should have at least ${schema.minProperties} properties`);
  }
}

const isDateTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/.test(text) &&
  !Number.isNaN(Date.parse(text));

function combinedErrors(value: unknown, schema: Schema, path: string, errors: FieldError[]): void {
  const { allOf, anyOf, oneOf, not } = schema;
  if (allOf === undefined && anyOf === undefined && oneOf === undefined && not === undefined) return;
  const isValid = (one: Schema): boolean => schemaErrors(value, one, path).length === 0;
  for (const one of allOf ?? []) collectErrors(value, one, path, errors);
  const say = (rule: string): FieldError =>
    invalidValue(path, value, `${path} in body must validate ${rule}`);
  if (anyOf !== undefined && !anyOf.some(isValid)) errors.push(say("at least one schema (anyOf)"));
  if (oneOf !== undefined && oneOf.filter(isValid).length !== 1)
    errors.push(say("one and only one schema (oneOf)"));
  if (not !== undefined && isValid(not))
    errors.push(invalidValue(path, value, `${path} in body must not validate the schema (not)`));
}

function listTypeErrors(list: readonly unknown[], schema: Schema, path: string, errors: FieldError[]): void {
  const kind = schema["x-kubernetes-list-type"];
  if (kind !== "set" && kind !== "map") return;
  const keys = schema["x-kubernetes-list-map-keys"];
  const identity = (item: unknown): unknown =>
    kind === "map" && keys !== undefined && isObject(item)
      ? Object.fromEntries(keys.filter((key) => item[key] !== undefined).map((key) => [key, item[key]]))
      : item;
  const seen = new Set<string>();
  list.forEach((item, index) => {
    const own = identity(item);
    const text = JSON.stringify(own);
    if (seen.has(text)) errors.push(duplicate(`${path}[${index}]`, own));
    seen.add(text);
  });
}
