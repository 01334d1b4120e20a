/**
 * Forms of an answer: the object itself or its metadata alone
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources).
 */
import { isObject } from "./json.ts";
import type { ListAnswer } from "./read.ts";
import { ApiError } from "./status.ts";
import type { KubeObject } from "./types.ts";

export interface View {
  readonly one: (object: unknown) => unknown;
  /** Items of built-in kinds come without apiVersion and kind; custom ones keep theirs. */
  readonly list: (list: ListAnswer, isCustom: boolean) => unknown;
}

/** Accept headers as they were read: clients send the same few again and again. */
const views = new Map<string, View>();
const MOST_VIEWS = 256;

export function viewOf(accept = ""): View {
  const known = views.get(accept);
  if (known !== undefined) return known;
  const read = readView(accept);
  if (views.size >= MOST_VIEWS) views.clear();
  views.set(accept, read);
  return read;
}

function readView(accept: string): View {
  const wanted = accept
    .split(",")
    .map(parameters)
    .find((one) => one.get("as") !== undefined || isPlain(one));
  const as = wanted?.get("as");
  if (as === "PartialObjectMetadata") return { one: metadataOnly, list: refuse(as) };
  // A watch of metadata asks for the list form as well. (For a single object the real server says 406.)
  if (as === "PartialObjectMetadataList") return { one: metadataOnly, list: metadataList };
  return { one: (object) => object, list: itemsOfList };
}

function parameters(range: string): Map<string, string> {
  const [type = "", ...rest] = range.split(";").map((part) => part.trim());
  const map = new Map([["type", type]]);
  for (const part of rest) {
    const [key = "", value = ""] = part.split("=");
    map.set(key, value);
  }
  return map;
}

const isPlain = (range: Map<string, string>): boolean =>
  range.get("type") === "application/json" || range.get("type") === "*/*";

const partial = new WeakMap<KubeObject, unknown>();

function metadataOnly(object: unknown): unknown {
  if (!isObject(object) || object["kind"] === "Status") return object;
  const known = partial.get(object as KubeObject);
  if (known !== undefined) return known;
  const made = Object.freeze({
    kind: "PartialObjectMetadata",
    apiVersion: "meta.k8s.io/v1",
    metadata: object["metadata"],
  });
  partial.set(object as KubeObject, made);
  return made;
}

const refuse = (as: string) => (): never => {
  throw new ApiError(406, "NotAcceptable", `you requested ${as}, but the requested object is a list`);
};

const metadataList = (list: ListAnswer): unknown => ({
  kind: "PartialObjectMetadataList",
  apiVersion: "meta.k8s.io/v1",
  metadata: list.metadata,
  // A slice that nothing was appended to: Go writes it as null.
  items: list.items.length === 0 ? null : list.items.map(metadataOnly),
});

const bare = new WeakMap<KubeObject, unknown>();

function itemsOfList(list: ListAnswer, isCustom: boolean): unknown {
  // The list of an unstructured kind always tells where it goes on (k8s.io/apimachinery/pkg/apis/meta/v1/unstructured).
  if (isCustom) return { ...list, metadata: { continue: "", ...list.metadata } };
  return { ...list, items: list.items.map(withoutType) };
}

function withoutType(object: KubeObject): unknown {
  const known = bare.get(object);
  if (known !== undefined) return known;
  const { apiVersion: _a, kind: _k, ...rest } = object;
  const made = Object.freeze(rest);
  bare.set(object, made);
  return made;
}
