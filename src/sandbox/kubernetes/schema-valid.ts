/**
 * Whether a value has no error at all, which is nearly always so: told without a word for each of its parts. What is not sure
 * here is said to be wrong; then schema-errors.ts looks at each part, and has the last word.
 */
import { isObject } from "./json.ts";
import { type Check, childSchema, madeOnce, ofEachKey, type Schema } from "./schema.ts";
import { allowedType, isDateTime, isOfType, lengthOf, matches, typeOf } from "./schema-values.ts";

export const validCheck = madeOnce((schema) => {
  const ofItems = schema.items === undefined ? undefined : validCheck(schema.items);
  const ofKey = ofEachKey((key): Check => {
    const child = childSchema(schema, key);
    return child === undefined ? () => true : validCheck(child);
  });
  const { required = [] } = schema;
  const allowed = allowedType(schema);
  const own = ownCheck(schema);
  return (value) => {
    if (value === null && schema.nullable === true) return true;
    if (allowed !== undefined && !isOfType(typeOf(value), allowed)) return false;
    if (own !== undefined && !own(value)) return false;
    if (Array.isArray(value)) return ofItems === undefined || value.every(ofItems);
    if (!isObject(value)) return true;
    for (const name of required) if (value[name] === undefined) return false;
    for (const key of Object.keys(value)) if (!ofKey(key)(value[key])) return false;
    return true;
  };
});

/** What the schema says of the value itself, beside its type; undefined where it says nothing. */
function ownCheck(schema: Schema): Check | undefined {
  const { allOf, anyOf, oneOf, not } = schema;
  // Rare here: left to the slow look.
  if (allOf !== undefined || anyOf !== undefined || oneOf !== undefined || not !== undefined)
    return () => false;
  const checks = [
    enumCheck(schema),
    stringCheck(schema),
    numberCheck(schema),
    listCheck(schema),
    countCheck(schema),
  ];
  const given = checks.filter((check) => check !== undefined);
  const [only] = given;
  if (given.length <= 1) return only;
  return (value) => given.every((check) => check(value));
}

function enumCheck({ enum: allowed }: Schema): Check | undefined {
  if (allowed === undefined) return undefined;
  const values = new Set(allowed);
  return (value) => values.has(value);
}

function stringCheck({ minLength, maxLength, pattern, format }: Schema): Check | undefined {
  const isDated = format === "date-time";
  if (minLength === undefined && maxLength === undefined && pattern === undefined && !isDated)
    return undefined;
  return (value) => {
    if (typeof value !== "string") return true;
    if (minLength !== undefined || maxLength !== undefined) {
      const length = lengthOf(value);
      if (length < (minLength ?? 0) || length > (maxLength ?? Number.POSITIVE_INFINITY)) return false;
    }
    return (pattern === undefined || matches(pattern, value)) && (!isDated || isDateTime(value));
  };
}

function numberCheck({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): Check | undefined {
  if (minimum === undefined && maximum === undefined) return undefined;
  return (value) => {
    if (typeof value !== "number") return true;
    if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum))
      return false;
    return maximum === undefined || (exclusiveMaximum === true ? value < maximum : value <= maximum);
  };
}

function listCheck(schema: Schema): Check | undefined {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  const keys = schema["x-kubernetes-list-map-keys"];
  const kind = schema["x-kubernetes-list-type"];
  const isMap = kind === "map" && keys !== undefined;
  if (!isMap && kind !== "set" && schema.minItems === undefined && schema.maxItems === undefined)
    return undefined;
  return (value) => {
    if (!Array.isArray(value)) return true;
    if (value.length < minItems || value.length > maxItems) return false;
    if (value.length < 2) return true;
    if (isMap)
      return areApart(value, (item) => (isObject(item) ? keys.map((key) => item[key]).join("\0") : "\0"));
    return kind !== "set" || areApart(value, (item) => (typeof item === "string" ? item : "\0"));
  };
}

/** False also where two different items have the same text. */
function areApart(list: readonly unknown[], textOf: (item: unknown) => string): boolean {
  const seen = new Set<string>();
  for (const item of list) seen.add(textOf(item));
  return seen.size === list.length;
}

function countCheck({ minProperties, maxProperties }: Schema): Check | undefined {
  if (minProperties === undefined && maxProperties === undefined) return undefined;
  return (value) => {
    const count = isObject(value) ? Object.keys(value).length : 0;
    return (
      !isObject(value) ||
      (count >= (minProperties ?? 0) && count <= (maxProperties ?? Number.POSITIVE_INFINITY))
    );
  };
}
