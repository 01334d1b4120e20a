/** Validation by structural schemas. */
import { isObject, isSame } from "./json.ts";
import { childSchema, join, type Schema } from "./schema.ts";
import { validCheck } from "./schema-valid.ts";
import { allowedType, isDateTime, isOfType, lengthOf, matches, typeOf } from "./schema-values.ts";
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
