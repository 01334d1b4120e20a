/** PATCH: k8s.io/apiserver/pkg/endpoints/handlers/patch.go. */
import { apply } from "./apply.ts";
import type { Cluster, Target } from "./cluster.ts";
import { decode, type WriteOptions } from "./decode.ts";
import { isObject, isSame, mutableCopy } from "./json.ts";
import { ApiError, badRequest, invalid, required, unsupportedMediaType } from "./status.ts";
import { strategicMerge } from "./strategic-merge.ts";
import type { KubeObject } from "./types.ts";
import { update, type Written } from "./write.ts";

export const patchTypes = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

export interface PatchRequest {
  readonly contentType: string;
  readonly body: unknown;
  readonly fieldManager: string | undefined;
  readonly force: boolean;
}

export function patch(
  cluster: Cluster,
  target: Target,
  request: PatchRequest,
  options: WriteOptions,
): Written {
  const { strategy } = target.resource.definition;
  const accepted = Object.values(patchTypes).filter(
    (type) => type !== patchTypes.strategic || !strategy.custom,
  );
  const type = accepted.find((one) => one === request.contentType);
  if (type === undefined) {
    if (strategy.custom) throw unsupportedMediaType(accepted);
    // The router of the built-in kinds answers before the handler does.
    throw new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
  }
  const isApply = type === patchTypes.apply;
  if (isApply && !request.fieldManager) {
    throw invalid({ group: "meta.k8s.io", resource: "PatchOptions" }, "", [
      required("fieldManager", "is required for apply patch"),
    ]);
  }
  return update(
    cluster,
    target,
    {
      mayCreate: isApply && target.subresource === undefined,
      expectedUid: undefined,
      next: (existing) => {
        const patched = isApply
          ? apply(existing, request.body, { ...request, fieldManager: request.fieldManager ?? "" }, cluster)
          : patchedObject(type, existing as KubeObject, request.body);
        return decode(target, patched, options);
      },
    },
    options,
  );
}

function patchedObject(type: string, existing: KubeObject, body: unknown): unknown {
  if (type === patchTypes.json) {
    if (!Array.isArray(body)) throw badRequest("error decoding patch: a JSON patch is an array");
    return jsonPatch(mutableCopy(existing), body);
  }
  if (!isObject(body)) throw badRequest("error decoding patch: the patch is not an object");
  return type === patchTypes.merge ? mergePatch(existing, body) : strategicMerge(existing, body);
}

/** RFC 7386. */
export function mergePatch(base: unknown, patchValue: unknown): unknown {
  if (!isObject(patchValue)) return patchValue;
  const merged = { ...(isObject(base) ? base : {}) };
  for (const [key, value] of Object.entries(patchValue)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** RFC 6902. A failed test or a missing path is one 422 without detail, as the real server gives it. */
export function jsonPatch(document: unknown, operations: readonly unknown[]): unknown {
  const root = { value: document };
  for (const operation of operations) {
    if (!isObject(operation)) throw badRequest("error decoding patch: an operation is not an object");
    const { op, path, from, value } = operation;
    const steps = pointer(path);
    if (op === "test") {
      if (!isSame(read(root, steps), value)) throw refused();
    } else if (op === "remove") take(root, steps);
    else if (op === "add") put(root, steps, value, true);
    else if (op === "replace") {
      read(root, steps);
      put(root, steps, value, false);
    } else if (op === "copy") put(root, steps, mutableCopy(read(root, pointer(from))), true);
    else if (op === "move") put(root, steps, take(root, pointer(from)), true);
    else throw refused();
  }
  return root.value;
}

const refused = (): ApiError =>
  new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});

function pointer(path: unknown): string[] {
  if (typeof path !== "string" || (path !== "" && !path.startsWith("/"))) throw refused();
  const steps = path.split("/").slice(1);
  return ["value", ...steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))];
}

function parentOf(root: unknown, steps: readonly string[]): { parent: unknown; last: string } {
  let parent = root;
  for (const step of steps.slice(0, -1)) parent = member(parent, step);
  return { parent, last: steps[steps.length - 1] as string };
}

function member(container: unknown, step: string): unknown {
  const found = Array.isArray(container)
    ? (container[Number(step)] as unknown)
    : isObject(container)
      ? container[step]
      : undefined;
  if (found === undefined) throw refused();
  return found;
}

const read = (root: unknown, steps: readonly string[]): unknown => {
  const { parent, last } = parentOf(root, steps);
  return member(parent, last);
};

function put(root: unknown, steps: readonly string[], value: unknown, inserts: boolean): void {
  const { parent, last } = parentOf(root, steps);
  if (Array.isArray(parent)) {
    const index = last === "-" ? parent.length : Number(last);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw refused();
    parent.splice(index, inserts ? 0 : 1, value);
  } else if (isObject(parent)) parent[last] = value;
  else throw refused();
}

function take(root: unknown, steps: readonly string[]): unknown {
  const { parent, last } = parentOf(root, steps);
  const value = member(parent, last);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isObject(parent)) delete parent[last];
  return value;
}
