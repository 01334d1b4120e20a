import type { JsonObject } from "./types.ts";

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What is known to be frozen all the way down: whole objects and their parts. Deeper, what is frozen is taken to be so. */
const deepFrozen = new WeakSet<object>();
const KNOWN_DEPTH = 1;

/**
 * A deep copy of JSON data that nobody can change: the store and its readers share it. Parts that are frozen
 * all the way down (an unchanged spec of an old object) are shared, not copied.
 */
export const frozenCopy = <T>(value: T): T => frozenAt(value, 0);

function frozenAt<T>(value: T, depth: number): T {
  if (typeof value !== "object" || value === null) return value;
  if (depth > KNOWN_DEPTH ? Object.isFrozen(value) : deepFrozen.has(value)) return value;
  const copy = Array.isArray(value)
    ? frozenList(value, depth + 1)
    : frozenObject(value as unknown as JsonObject, depth + 1);
  if (depth <= KNOWN_DEPTH) deepFrozen.add(copy);
  return copy as T;
}

function frozenList(list: readonly unknown[], depth: number): readonly unknown[] {
  const copy = list.map((item) => frozenAt(item, depth));
  if (Object.isFrozen(list) && copy.every((item, index) => item === list[index])) return list;
  return Object.freeze(copy);
}

function frozenObject(value: JsonObject, depth: number): JsonObject {
  const copy: JsonObject = {};
  let isShared = Object.isFrozen(value);
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item === undefined) {
      isShared = false;
      continue;
    }
    const kept = frozenAt(item, depth);
    copy[key] = kept;
    if (kept !== item) isShared = false;
  }
  return isShared ? value : Object.freeze(copy);
}

export function mutableCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(mutableCopy) as T;
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) copy[key] = mutableCopy(value[key]);
  return copy as T;
}

export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  if (keys.length !== Object.keys(b).filter((key) => b[key] !== undefined).length) return false;
  return keys.every((key) => isSame(a[key], b[key]));
}

/** Reads `a.b.c`; undefined where any step is missing. */
export function valueAt(object: unknown, path: readonly string[]): unknown {
  let value = object;
  for (const step of path) {
    if (!isObject(value)) return undefined;
    value = value[step];
  }
  return value;
}

/** The same object without the keys whose value is undefined (exactOptionalPropertyTypes wants them absent). */
export function withoutUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
