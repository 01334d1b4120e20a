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
    const items = schema.items;
    if (items === undefined) return value;
    const shaped = value.map((item, index) => shapeValue(item, items, `${path}[${index}]`, unknown));
    return shaped.every((item, index) => item === value[index]) ? value : shaped;
  }
  if (!isObject(value)) return value;
  const shaped: JsonObject = {};
  let hasChanged = false;
  for (const [key, item] of Object.entries(value)) {
    const child = childSchema(schema, key);
    if (child === undefined) {
      hasChanged = true;
      unknown.push(join(path, key));
      continue;
    }
    if (item === null && child !== anything && child.nullable !== true) {
      hasChanged = true;
      continue;
    }
    shaped[key] = child === anything ? item : shapeValue(item, child, join(path, key), unknown);
    if (shaped[key] !== item) hasChanged = true;
  }
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    if (shaped[key] === undefined && child.default !== undefined) {
      shaped[key] = shapeValue(child.default, child, join(path, key), []);
      hasChanged = true;
    }
  }
  return hasChanged ? shaped : value;
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
  if (value === null && schema.nullable === true) return [];
  const type = typeOf(value);
  const allowed = schema["x-kubernetes-int-or-string"] === true ? "integer,string" : schema.type;
  if (allowed !== undefined && !allowed.split(",").some((one) => fits(type, one))) {
    return [wrongType(path, type, `${path} in body must be of type ${allowed}: "${type}"`)];
  }
  const errors = [...valueErrors(value, schema, path), ...combinedErrors(value, schema, path)];
  if (Array.isArray(value)) {
    const items = schema.items;
    if (items !== undefined) {
      errors.push(...value.flatMap((item, index) => schemaErrors(item, items, `${path}[${index}]`)));
    }
    errors.push(...listTypeErrors(value, schema, path));
  } else if (isObject(value)) {
    for (const name of schema.required ?? []) {
      if (value[name] === undefined) errors.push(required(join(path, name)));
    }
    for (const [key, item] of Object.entries(value)) {
      const child = childSchema(schema, key);
      if (child !== undefined) errors.push(...schemaErrors(item, child, join(path, key)));
    }
  }
  return errors;
}

const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
};

const fits = (actual: string, allowed: string): boolean =>
  actual === allowed || (actual === "integer" && allowed === "number");

function valueErrors(value: unknown, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const bad = (text: string): void => {
    errors.push(invalidValue(path, value, `${path} in body ${text}`));
  };
  if (schema.enum !== undefined && !schema.enum.some((item) => isSame(item, value))) {
    errors.push(unsupported(path, value, schema.enum));
  }
  if (typeof value === "string") {
    const length = [...value].length;
    if (schema.maxLength !== undefined && length > schema.maxLength)
      errors.push(tooLong(path, schema.maxLength));
    if (schema.minLength !== undefined && length < schema.minLength)
      bad(`should be at least ${schema.minLength} chars long`);
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value))
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
  if (isObject(value)) {
    const count = Object.keys(value).length;
    if (schema.maxProperties !== undefined && count > schema.maxProperties)
      errors.push(tooMany(path, count, schema.maxProperties));
    if (schema.minProperties !== undefined && count < schema.minProperties)
      bad(`should have at least ${schema.minProperties} properties`);
  }
  return errors;
}

const isDateTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/.test(text) &&
  !Number.isNaN(Date.parse(text));

function combinedErrors(value: unknown, schema: Schema, path: string): FieldError[] {
  const isValid = (one: Schema): boolean => schemaErrors(value, one, path).length === 0;
  const errors = (schema.allOf ?? []).flatMap((one) => schemaErrors(value, one, path));
  const say = (rule: string): FieldError =>
    invalidValue(path, value, `${path} in body must validate ${rule}`);
  if (schema.anyOf !== undefined && !schema.anyOf.some(isValid))
    errors.push(say("at least one schema (anyOf)"));
  if (schema.oneOf !== undefined && schema.oneOf.filter(isValid).length !== 1)
    errors.push(say("one and only one schema (oneOf)"));
  if (schema.not !== undefined && isValid(schema.not))
    errors.push(invalidValue(path, value, `${path} in body must not validate the schema (not)`));
  return errors;
}

function listTypeErrors(list: readonly unknown[], schema: Schema, path: string): FieldError[] {
  const keys = schema["x-kubernetes-list-map-keys"];
  const identity = (item: unknown): unknown =>
    schema["x-kubernetes-list-type"] === "map" && keys !== undefined && isObject(item)
      ? Object.fromEntries(keys.filter((key) => item[key] !== undefined).map((key) => [key, item[key]]))
      : item;
  const kind = schema["x-kubernetes-list-type"];
  if (kind !== "set" && kind !== "map") return [];
  const seen = new Set<string>();
  return list.flatMap((item, index) => {
    const own = identity(item);
    const text = JSON.stringify(own);
    if (seen.has(text)) return [duplicate(`${path}[${index}]`, own)];
    seen.add(text);
    return [];
  });
}
