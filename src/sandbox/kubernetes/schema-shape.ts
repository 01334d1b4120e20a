/** Pruning and defaults of structural schemas. */
import { isObject } from "./json.ts";
import {
  anything,
  type Check,
  childSchema,
  defaultsOf,
  join,
  madeOnce,
  ofEachKey,
  type Schema,
} from "./schema.ts";
import type { JsonObject } from "./types.ts";

/**
 * The value without fields that the schema does not know, without nulls where null is not allowed, and with
 * defaults. Answers the same value where nothing changes. Names of dropped fields are added to `unknown`.
 */
export function shapeValue(value: unknown, schema: Schema, path: string, unknown: string[]): unknown {
  return cleanCheck(schema)(value) ? value : shapeUnclean(value, schema, path, unknown);
}

function shapeUnclean(value: unknown, schema: Schema, path: string, unknown: string[]): unknown {
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

/** Whether {@link shapeValue} would change nothing and know all fields: nearly always so. */
const cleanCheck = madeOnce((schema) => {
  const ofItems = schema.items === undefined ? undefined : cleanCheck(schema.items);
  const needed = defaultsOf(schema).map(([key]) => key);
  const ofKey = ofEachKey((key) => {
    const child = childSchema(schema, key);
    if (child === undefined) return never;
    if (child === anything) return always;
    const check = cleanCheck(child);
    return child.nullable === true ? check : (value: unknown) => value !== null && check(value);
  });
  return (value) => {
    if (Array.isArray(value)) return ofItems === undefined || value.every(ofItems);
    if (!isObject(value)) return true;
    for (const key of needed) if (value[key] === undefined) return false;
    for (const key of Object.keys(value)) if (!ofKey(key)(value[key])) return false;
    return true;
  };
});

const always: Check = () => true;
const never: Check = () => false;
