import type { Definition, Schema } from "./schema.ts";

/** Texts for those patterns that the CRDs use. */
const TEXTS = ["10.0.0.9", "72h", "text"];

/** A value of the schema with every field that it knows filled in, so that a lost one is seen. */
export function fullValue(schema: Schema, name = "field"): unknown {
  if (schema.enum !== undefined) return schema.enum[schema.enum.length - 1];
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([field, value]) => [field, fullValue(value, field)]),
      );
    case "array":
      return [fullValue(schema.items ?? {}, name)];
    case "integer":
      return (schema.minimum ?? 0) + 1;
    case "boolean":
      return true;
    case "string": {
      if (schema.format === "date-time") return "2026-06-01T12:00:00Z";
      if (schema.pattern === undefined) return `some-${name}`.slice(0, 20);
      const pattern = new RegExp(schema.pattern);
      const text = TEXTS.find((candidate) => pattern.test(candidate));
      if (text !== undefined) return text;
      break;
    }
    default:
  }
  throw new Error(`${name}: no value is known for ${JSON.stringify(schema)}`);
}

/** An object of the kind with every field of its spec and status filled in. */
export function fullObject({ spec }: Definition): {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: unknown;
  status: unknown;
} {
  const [version] = spec.versions;
  const { spec: wish = {}, status = {} } = version!.schema.openAPIV3Schema.properties ?? {};
  return {
    apiVersion: `${spec.group}/${version!.name}`,
    kind: spec.names.kind,
    metadata: {
      // All three kinds may have the name of an address.
      name: "10.0.0.9",
      ...(spec.scope === "Namespaced" && { namespace: "default" }),
    },
    spec: fullValue(wish),
    status: fullValue(status),
  };
}
