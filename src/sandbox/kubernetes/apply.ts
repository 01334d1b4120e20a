/**
 * Server-side apply as far as whole objects need it
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/): create or merge, fields that the manager
 * no longer applies go, conflicts between appliers.
 * Not here: lists merge by key (all lists are atomic), managers of plain updates are not tracked.
 */
import { parse } from "yaml";
import type { Cluster } from "./cluster.ts";
import { isObject, isSame, mutableCopy, valueAt } from "./json.ts";
import { timestamp } from "./names.ts";
import { ApiError, badRequest } from "./status.ts";
import type { JsonObject, KubeObject } from "./types.ts";

export interface ApplyOptions {
  readonly fieldManager: string;
  readonly force: boolean;
}

export function apply(
  existing: KubeObject | undefined,
  body: unknown,
  { fieldManager, force }: ApplyOptions,
  { clock }: Pick<Cluster, "clock">,
): unknown {
  const applied: unknown = typeof body === "string" ? yamlOf(body) : body;
  if (!isObject(applied)) throw badRequest("error decoding YAML: the body is not an object");
  if (applied["apiVersion"] === undefined || applied["kind"] === undefined) {
    throw badRequest("invalid object type: /, Kind=");
  }
  const { uid, managedFields, resourceVersion, ...metadata } = isObject(applied["metadata"])
    ? applied["metadata"]
    : {};
  if (managedFields !== undefined) throw badRequest("metadata.managedFields must be nil");
  const content = { ...applied, metadata };
  const leaves = leavesOf(content).filter((path) => !identity.has(path.join("/")));
  const others = (existing?.metadata.managedFields ?? []).filter((entry) => !isOwn(entry, fieldManager));
  const own = (existing?.metadata.managedFields ?? []).find((entry) => isOwn(entry, fieldManager));
  const conflicts = others.flatMap((entry) =>
    pathsOf(entry["fieldsV1"])
      .filter((path) => leaves.some((leaf) => isSame(leaf, path)))
      .filter((path) => !isSame(valueAt(existing, path), valueAt(content, path)))
      .map((path) => ({ manager: String(entry["manager"]), path })),
  );
  if (conflicts.length > 0 && !force) throw applyConflict(conflicts);
  const merged = mutableCopy(existing ?? {}) as JsonObject;
  for (const path of pathsOf(own?.["fieldsV1"])) {
    const isShared = others.some((entry) => pathsOf(entry["fieldsV1"]).some((one) => isSame(one, path)));
    if (!isShared && !leaves.some((leaf) => isSame(leaf, path))) drop(merged, path);
  }
  mergeInto(merged, content);
  const fields = fieldsOf(leaves);
  const time = own !== undefined && isSame(own["fieldsV1"], fields) ? own["time"] : timestamp(clock());
  const lost = (entry: JsonObject): JsonObject => ({
    ...entry,
    fieldsV1: fieldsOf(
      pathsOf(entry["fieldsV1"]).filter(
        (path) => !conflicts.some((one) => one.manager === entry["manager"] && isSame(one.path, path)),
      ),
    ),
  });
  merged["metadata"] = {
    ...(isObject(merged["metadata"]) ? merged["metadata"] : {}),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(uid === undefined ? {} : { uid }),
    managedFields: [
      ...others.map((entry) => (conflicts.length > 0 ? lost(entry) : entry)),
      {
        manager: fieldManager,
        operation: "Apply",
        apiVersion: applied["apiVersion"],
        time,
        fieldsType: "FieldsV1",
        fieldsV1: fields,
      },
    ],
  };
  return merged;
}

const identity = new Set(["apiVersion", "kind", "metadata/name", "metadata/namespace"]);

const isOwn = (entry: JsonObject, manager: string): boolean =>
  entry["manager"] === manager && entry["operation"] === "Apply";

function yamlOf(text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw badRequest(`error decoding YAML: ${(cause as Error).message}`);
  }
}

/** Paths of everything that is not an object with fields; lists count as one value. */
function leavesOf(value: JsonObject, path: readonly string[] = []): string[][] {
  return Object.entries(value).flatMap(([key, item]) => {
    const here = [...path, key];
    return isObject(item) && Object.keys(item).length > 0 ? leavesOf(item, here) : [here];
  });
}

function fieldsOf(leaves: readonly (readonly string[])[]): JsonObject {
  const fields: JsonObject = {};
  for (const leaf of leaves) {
    let level = fields;
    for (const step of leaf) {
      level[`f:${step}`] ??= {};
      level = level[`f:${step}`] as JsonObject;
    }
  }
  return fields;
}

const pathsOf = (fields: unknown): string[][] =>
  isObject(fields) ? leavesOf(fields).map((path) => path.map((step) => step.replace(/^f:/, ""))) : [];

function mergeInto(base: JsonObject, content: JsonObject): void {
  for (const [key, value] of Object.entries(content)) {
    if (isObject(value)) {
      if (!isObject(base[key])) base[key] = {};
      mergeInto(base[key] as JsonObject, value);
    } else base[key] = value;
  }
}

function drop(object: JsonObject, path: readonly string[]): void {
  const parent = valueAt(object, path.slice(0, -1));
  const last = path[path.length - 1];
  if (isObject(parent) && last !== undefined) delete parent[last];
}

function applyConflict(conflicts: readonly { manager: string; path: readonly string[] }[]): ApiError {
  const many = `${conflicts.length} ${conflicts.length === 1 ? "conflict" : "conflicts"}`;
  const list = conflicts
    .map(({ manager, path }) => `conflict with "${manager}": .${path.join(".")}`)
    .join(", ");
  return new ApiError(409, "Conflict", `Apply failed with ${many}: ${list}`, {
    causes: conflicts.map(({ manager, path }) => ({
      reason: "FieldManagerConflict",
      message: `conflict with "${manager}"`,
      field: `.${path.join(".")}`,
    })),
  });
}
