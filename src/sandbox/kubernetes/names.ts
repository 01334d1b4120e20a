/** Checks of metadata, worded as k8s.io/apimachinery/pkg/api/validation/objectmeta.go words them. */
import { isSame } from "./json.ts";
import { forbiddenField, invalidValue, required } from "./status.ts";
import type { FieldError, KubeObject, ObjectMeta, ResourceDefinition } from "./types.ts";

const labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomainPattern = `${labelPattern}(\\.${labelPattern})*`;
const qualifiedPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const isLabel = new RegExp(`^${labelPattern}$`);
const isSubdomain = new RegExp(`^${subdomainPattern}$`);
const isQualifiedPart = new RegExp(`^${qualifiedPattern}$`);

export const isDnsLabel = (text: string): boolean => text.length <= 63 && isLabel.test(text);

function nameProblems(name: string, useLabels: boolean): string[] {
  const max = useLabels ? 63 : 253;
  const problems = name.length > max ? [`must be no more than ${max} characters`] : [];
  if (useLabels && !isLabel.test(name)) {
    problems.push(
      `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${labelPattern}')`,
    );
  }
  if (!useLabels && !isSubdomain.test(name)) {
    problems.push(
      `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomainPattern}')`,
    );
  }
  return problems;
}

function qualifiedNameProblems(key: string): string[] {
  const parts = key.split("/");
  const name = parts[parts.length - 1] ?? "";
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined;
  const problems: string[] = [];
  if (prefix !== undefined) {
    if (prefix === "") problems.push("prefix part must be non-empty");
    else for (const problem of nameProblems(prefix, false)) problems.push(`prefix part ${problem}`);
  }
  if (name === "") problems.push("name part must be non-empty");
  else if (name.length > 63) problems.push("name part must be no more than 63 characters");
  if (parts.length > 2 || !isQualifiedPart.test(name)) {
    problems.push(
      `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedPattern}')`,
    );
  }
  return problems;
}

function labelErrors(labels: Record<string, string> | undefined): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((problem) => invalidValue("metadata.labels", key, problem)),
    ...(value.length > 63
      ? [invalidValue("metadata.labels", value, "must be no more than 63 characters")]
      : []),
    ...(value !== "" && !isQualifiedPart.test(value)
      ? [
          invalidValue(
            "metadata.labels",
            value,
            `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${qualifiedPattern})?'`,
          ),
        ]
      : []),
  ]);
}

function sharedErrors(meta: ObjectMeta): FieldError[] {
  const annotations = Object.keys(meta.annotations ?? {}).flatMap((key) =>
    qualifiedNameProblems(key.toLowerCase()).map((problem) =>
      invalidValue("metadata.annotations", key, problem),
    ),
  );
  const owners = (meta.ownerReferences ?? []).flatMap((owner) =>
    ["apiVersion", "kind", "name", "uid"]
      .filter((field) => !owner[field])
      .map((field) =>
        invalidValue(
          `metadata.ownerReferences.${field}`,
          owner[field] ?? "",
          field === "apiVersion" ? "version must not be empty" : "must not be empty",
        ),
      ),
  );
  return [...labelErrors(meta.labels), ...annotations, ...owners];
}

/** ValidateObjectMetaAccessor. */
export function createErrors(object: KubeObject, resource: ResourceDefinition): FieldError[] {
  const meta = object.metadata;
  const useLabels = resource.strategy.labelNames === true;
  const errors: FieldError[] = [];
  if (meta.generateName) {
    // maskTrailingDash: the suffix that follows makes a trailing dash harmless.
    for (const problem of nameProblems(meta.generateName.replace(/-$/, "a"), useLabels)) {
      errors.push(invalidValue("metadata.generateName", meta.generateName, problem));
    }
  }
  if (!meta.name) errors.push(required("metadata.name", "name or generateName is required"));
  else {
    for (const problem of nameProblems(meta.name, useLabels)) {
      errors.push(invalidValue("metadata.name", meta.name, problem));
    }
  }
  const finalizers = (meta.finalizers ?? []).flatMap((finalizer) =>
    qualifiedNameProblems(finalizer).map((problem) =>
      invalidValue("metadata.finalizers", finalizer, problem),
    ),
  );
  return [...errors, ...sharedErrors(meta), ...finalizers];
}

/** ValidateObjectMetaAccessorUpdate. */
export function updateErrors(object: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if (old.metadata.deletionTimestamp !== undefined) {
    const known = old.metadata.finalizers ?? [];
    const added = (object.metadata.finalizers ?? []).filter((finalizer) => !known.includes(finalizer)).sort();
    if (added.length > 0) {
      errors.push(
        forbiddenField(
          "metadata.finalizers",
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((item) => JSON.stringify(item)).join(", ")}}`,
        ),
      );
    }
  }
  for (const field of ["uid", "deletionTimestamp"] as const) {
    if (!isSame(object.metadata[field], old.metadata[field])) {
      errors.push(invalidValue(`metadata.${field}`, object.metadata[field] ?? null, "field is immutable"));
    }
  }
  return [...errors, ...sharedErrors(object.metadata)];
}

/** Suffixes of generateName (k8s.io/apiserver/pkg/storage/names/generate.go). */
export function generatedName(base: string, random: () => number): string {
  const letters = "bcdfghjklmnpqrstvwxz2456789";
  let suffix = "";
  for (let index = 0; index < 5; index++) suffix += letters[Math.floor(random() * letters.length)];
  return `${base.slice(0, 58)}${suffix}`;
}

/** A version 4 UUID (RFC 9562) from the given randomness. */
export function newUid(random: () => number): string {
  const word = (): string =>
    Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0");
  const hex = word() + word() + word() + word();
  const variant = "89ab"[Math.floor(random() * 4)];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** metav1.Time: whole seconds, cut, UTC. */
export const timestamp = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
