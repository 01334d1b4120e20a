/** Request bodies as objects: the decoders in front of k8s.io/apiserver/pkg/endpoints/handlers. */
import { apiVersionOf, type Target } from "./cluster.ts";
import { isObject } from "./json.ts";
import { badRequest } from "./status.ts";
import type { KubeObject, ObjectMeta } from "./types.ts";

export interface WriteOptions {
  readonly isDryRun: boolean;
  /** fieldValidation=Strict: an unknown field is an error instead of a warning. */
  readonly isStrict: boolean;
}

const metaFields = [
  "name",
  "generateName",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
  "managedFields",
] as const;

/** The request's JSON as an object of the target's kind, shaped by its schema, or the decoder's 400. */
export function decode(
  { resource: { definition }, version, namespace }: Target,
  body: unknown,
  options: WriteOptions,
): { object: KubeObject; unknownFields: readonly string[] } {
  if (!isObject(body)) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): couldn't get version/kind; json parse error`,
    );
  }
  const expected = apiVersionOf(definition.group, version.name);
  const { apiVersion = expected, kind = definition.kind, metadata, ...content } = body;
  if (definition.strategy.custom && body["kind"] === undefined) {
    const text = JSON.stringify(body);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): Object 'Kind' is missing in '${text}' (${text.slice(0, 30)}${text.length > 30 ? " ..." : ""})`,
    );
  }
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${expected})`,
    );
  }
  if (kind !== definition.kind && !definition.strategy.custom) {
    throw badRequest(
      `${String(kind)} in version "${version.name}" cannot be handled as a ${definition.kind}`,
    );
  }
  const meta = isObject(metadata) ? metadata : {};
  const known = Object.fromEntries(
    metaFields.flatMap((field) => {
      const value = meta[field];
      const isEmpty = value === undefined || value === null || value === "";
      return isEmpty ? [] : [[field, value]];
    }),
  ) as unknown as ObjectMeta;
  const isElsewhere = known.namespace !== undefined && known.namespace !== namespace;
  if (definition.namespaced && isElsewhere) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (definition.namespaced && namespace !== undefined) known.namespace = namespace;
  else delete known.namespace;
  const raw = {
    apiVersion: String(apiVersion),
    kind: String(kind),
    metadata: known,
    ...content,
  } as KubeObject;
  const decoded = definition.strategy.decode?.(raw) ?? raw;
  const shaped = version.shape?.(decoded) ?? { object: decoded, unknownFields: [] };
  if (options.isStrict && shaped.unknownFields.length > 0) {
    const list = shaped.unknownFields.map((field) => `unknown field "${field}"`).join(", ");
    throw badRequest(
      `${definition.kind} in version "${version.name}" cannot be handled as a ${definition.kind}: strict decoding error: ${list}`,
    );
  }
  return shaped;
}

/** checkName of k8s.io/apiserver/pkg/endpoints/handlers/rest.go. */
export function checkName({ metadata }: KubeObject, name: string): void {
  if (!metadata.name) {
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
}
