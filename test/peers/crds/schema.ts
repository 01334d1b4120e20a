/** As much of an OpenAPI v3 schema as the CRDs use. */
export interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

export interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: "Cluster" | "Namespaced";
    readonly names: {
      readonly kind: string;
      readonly plural: string;
      readonly shortNames: readonly string[];
    };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

/** The schema and all fields in it by their paths, as in `spec.claim.name`; those of a list's items have the list's path. */
export function* fieldsOf(schema: Schema, path = ""): Generator<[string, Schema]> {
  yield [path, schema];
  const { properties = {} } = schema.items ?? schema;
  for (const [name, field] of Object.entries(properties))
    yield* fieldsOf(field, path === "" ? name : `${path}.${name}`);
}
