/** Validation by structural schemas. */
import { isObject, isSame } from "./json.ts";
import { type Check, childSchema, join, madeOnce, ofEachKey, type Schema } from "./schema.ts";
import { duplicate, invalidValue, required, tooLong, tooMany, unsupported, wrongType } from "./status.ts";
import type { FieldError } from "./types.ts";

export function schemaErrors(value: unknown, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (validCheck(schema)(value)) return errors;
  collectErrors(value, schema, path, errors);
  return errors;
}

function collectErrors(value: unknown, schema: Schema, path: string, errors: FieldError[]): void {
  if (value === null && schema.nullable === true) return;
  const type = typeOf(value);
  const allowed = allowedType(schema);
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

const allowedType = (schema: Schema): string | undefined =>
  schema["x-kubernetes-int-or-string"] === true ? "integer,string" : schema.type;

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

/** Whether there is no error in it: nearly always so. */
const validCheck = madeOnce((schema) => {
  const ofItems = schema.items === undefined ? undefined : validCheck(schema.items);
  const ofKey = ofEachKey((key): Check => {
    const child = childSchema(schema, key);
    return child === undefined ? () => true : validCheck(child);
  });
  const isBare = Object.keys(schema).every((key) => OF_SHAPE.has(key));
  const scratch: FieldError[] = [];
  const ownIsValid = (value: unknown): boolean => {
    valueErrors(value, schema, "", scratch);
    combinedErrors(value, schema, "", scratch);
    if (Array.isArray(value)) listTypeErrors(value, schema, "", scratch);
    return scratch.splice(0).length === 0;
  };
  return (value) => {
    if (value === null && schema.nullable === true) return true;
    const allowed = allowedType(schema);
    if (allowed !== undefined && !isOfType(typeOf(value), allowed)) return false;
    if (!isBare && !ownIsValid(value)) return false;
    if (Array.isArray(value)) return ofItems === undefined || value.every(ofItems);
    if (!isObject(value)) return true;
    for (const name of schema.required ?? []) if (value[name] === undefined) return false;
    for (const key of Object.keys(value)) if (!ofKey(key)(value[key])) return false;
    return true;
  };
});

/** What says nothing of a value but its parts. */
const OF_SHAPE = new Set([
  "type",
  "properties",
  "additionalProperties",
  "items",
  "required",
  "nullable",
  "default",
  "description",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-int-or-string",
  "x-kubernetes-validations",
]);
