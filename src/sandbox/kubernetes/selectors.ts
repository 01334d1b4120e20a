import { badRequest } from "./status.ts";
import type { KubeObject, ResourceDefinition, ResourceVersionDefinition } from "./types.ts";

type Predicate = (object: KubeObject) => boolean;

/**
 * Label selectors: `=`, `==`, `!=`, `in`, `notin`, `key`, `!key`
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api; grammar:
 * k8s.io/apimachinery/pkg/labels/selector.go). `!=` and `notin` also match where the key is missing.
 */
export function labelPredicate(selector: string): Predicate | undefined {
  const terms = splitTerms(selector).filter((term) => term !== "");
  if (terms.length === 0) return undefined;
  const predicates = terms.map(labelTerm);
  return (object) => predicates.every((predicate) => predicate(object.metadata.labels ?? {}));
}

function labelTerm(term: string): (labels: Record<string, string>) => boolean {
  const set = /^([^\s!=,()]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(term);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    return operator === "in"
      ? (labels) => labels[key] !== undefined && values.includes(labels[key])
      : (labels) => labels[key] === undefined || !values.includes(labels[key]);
  }
  const compared = /^([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)$/.exec(term);
  if (compared !== null) {
    const [, key = "", operator, value = ""] = compared;
    return operator === "!=" ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const exists = /^(!?)\s*([^\s!=,()<>]+)$/.exec(term);
  if (exists !== null) {
    const [, not, key = ""] = exists;
    return not === "!" ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined;
  }
  throw badRequest(`unable to parse requirement: found '${term}', expected: identifier`);
}

/** Splits at commas that are not inside parentheses. */
function splitTerms(selector: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let term = "";
  for (const letter of selector) {
    if (letter === "(") depth++;
    if (letter === ")") depth--;
    if (letter === "," && depth === 0) {
      terms.push(term.trim());
      term = "";
    } else term += letter;
  }
  return [...terms, term.trim()];
}

export interface FieldTerm {
  readonly field: string;
  readonly isEqual: boolean;
  readonly value: string;
}

/** Field selectors: terms of `=`, `==`, `!=`; `\` escapes (k8s.io/apimachinery/pkg/fields/selector.go). */
export function fieldTerms(selector: string): FieldTerm[] {
  const terms = selector.match(/(?:\\.|[^,\\])+/g) ?? [];
  return terms.map((term) => {
    const match = /^([^!=]*?)(!=|==|=)(.*)$/s.exec(term);
    if (match === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
    const [, field = "", operator, value = ""] = match;
    return { field, isEqual: operator !== "!=", value: value.replace(/\\(.)/g, "$1") };
  });
}

/**
 * Which fields may be named depends on the resource: pkg/apis/core/v1/conversion.go of Kubernetes for the core
 * kinds, `selectableFields` for custom ones
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/).
 */
export function fieldPredicate(
  selector: string,
  resource: ResourceDefinition,
  version: ResourceVersionDefinition,
): Predicate | undefined {
  const predicates = fieldTerms(selector).map(({ field, isEqual, value }): Predicate => {
    const read = readerOf(field, resource, version);
    return isEqual ? (object) => read(object) === value : (object) => read(object) !== value;
  });
  if (predicates.length === 0) return undefined;
  return (object) => predicates.every((predicate) => predicate(object));
}

function readerOf(
  field: string,
  resource: ResourceDefinition,
  version: ResourceVersionDefinition,
): (object: KubeObject) => string {
  if (field === "metadata.name") return (object) => object.metadata.name;
  if (field === "metadata.namespace" && resource.namespaced)
    return (object) => object.metadata.namespace ?? "";
  const read = version.selectableFields[field];
  if (read === undefined) throw badRequest(resource.strategy.unknownFieldMessage(field));
  return read;
}

/** Tests by version of a resource and by both selectors, as they were read. */
const known = new WeakMap<ResourceVersionDefinition, Map<string, Predicate | undefined>>();
const MOST_KNOWN = 1_024;

/** Both selectors as one test; undefined where everything matches. */
export function selection(
  labels: string | undefined,
  fields: string | undefined,
  resource: ResourceDefinition,
  version: ResourceVersionDefinition,
): Predicate | undefined {
  const key = `${labels ?? ""}\n${fields ?? ""}`;
  let ofVersion = known.get(version);
  if (ofVersion === undefined || ofVersion.size >= MOST_KNOWN) {
    ofVersion = new Map();
    known.set(version, ofVersion);
  }
  if (!ofVersion.has(key)) ofVersion.set(key, readSelection(labels, fields, resource, version));
  return ofVersion.get(key);
}

function readSelection(
  labels: string | undefined,
  fields: string | undefined,
  resource: ResourceDefinition,
  version: ResourceVersionDefinition,
): Predicate | undefined {
  const byLabel = labelPredicate(labels ?? "");
  const byField = fieldPredicate(fields ?? "", resource, version);
  if (byLabel === undefined) return byField;
  if (byField === undefined) return byLabel;
  return (object) => byLabel(object) && byField(object);
}
