/**
 * Strategic merge patch for built-in kinds
 * (https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md).
 * Which lists merge is looked up by field name alone, which is enough for the kinds that are simulated.
 */
import { isObject } from "./json.ts";
import type { JsonObject } from "./types.ts";

const mergeKeys: Readonly<Record<string, string>> = {
  ownerReferences: "uid",
  conditions: "type",
  addresses: "type",
  containers: "name",
  initContainers: "name",
  env: "name",
  volumes: "name",
  podIPs: "ip",
  taints: "key",
};
const mergedSets = new Set(["finalizers", "podCIDRs"]);

export function strategicMerge(base: JsonObject, patchObject: JsonObject): JsonObject {
  if (patchObject["$patch"] === "replace") {
    const { $patch: _, ...rest } = patchObject;
    return rest;
  }
  const merged: JsonObject = { ...base };
  for (const [key, value] of Object.entries(patchObject)) {
    if (key.startsWith("$deleteFromPrimitiveList/")) {
      const field = key.slice("$deleteFromPrimitiveList/".length);
      const dropped = Array.isArray(value) ? value : [];
      merged[field] = listOf(merged[field]).filter((item) => !dropped.includes(item));
    } else if (key.startsWith("$")) continue;
    else if (value === null) delete merged[key];
    else if (isObject(value)) merged[key] = strategicMerge(isObject(merged[key]) ? merged[key] : {}, value);
    else if (Array.isArray(value)) merged[key] = mergedList(key, listOf(merged[key]), value);
    else merged[key] = value;
  }
  return merged;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function mergedList(field: string, base: readonly unknown[], items: readonly unknown[]): unknown[] {
  if (mergedSets.has(field)) return [...new Set([...base, ...items])];
  const key = mergeKeys[field];
  if (key === undefined) return [...items];
  const merged = [...base];
  for (const item of items) {
    if (!isObject(item)) continue;
    const index = merged.findIndex((one) => isObject(one) && one[key] === item[key]);
    if (item["$patch"] === "delete") {
      if (index >= 0) merged.splice(index, 1);
    } else if (index >= 0) merged[index] = strategicMerge(merged[index] as JsonObject, item);
    else merged.push(item);
  }
  return merged;
}
