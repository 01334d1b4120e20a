import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod";
import {
  nodeENIConfig,
  nodeENIConfigSpec,
  nodeENIConfigStatus,
} from "../../src/domain/objects/nodeeniconfig.ts";
import { vpcIP, vpcIPSpec, vpcIPStatus } from "../../src/domain/objects/vpcip.ts";
import { vpcIPClaim, vpcIPClaimSpec, vpcIPClaimStatus } from "../../src/domain/objects/vpcipclaim.ts";

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
  readonly [key: string]: unknown;
}

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: {
      readonly kind: string;
      readonly plural: string;
      readonly shortNames: readonly string[];
    };
    readonly versions: readonly {
      readonly name: string;
      readonly subresources?: unknown;
      readonly selectableFields?: readonly { readonly jsonPath: string }[];
      readonly additionalPrinterColumns: readonly { readonly name: string; readonly jsonPath: string }[];
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

const folder = new URL("../../infra/chart/manifests/crds/", import.meta.url);
const definitions = readdirSync(folder).map(
  (file) => parse(readFileSync(new URL(file, folder), "utf8")) as Definition,
);
const definitionOf = (kind: string) => definitions.find(({ spec }) => spec.names.kind === kind)!;
const schemaOf = (kind: string) => definitionOf(kind).spec.versions[0]!.schema.openAPIV3Schema;

const TYPES = {
  VpcIP: { whole: vpcIP, spec: vpcIPSpec, status: vpcIPStatus },
  VpcIPClaim: { whole: vpcIPClaim, spec: vpcIPClaimSpec, status: vpcIPClaimStatus },
  NodeENIConfig: { whole: nodeENIConfig, spec: nodeENIConfigSpec, status: nodeENIConfigStatus },
} as const;
const kinds = Object.keys(TYPES) as (keyof typeof TYPES)[];

/** What both sides say, in one spelling: JSON Schema of zod on the one hand, OpenAPI v3 of the CRD on the other. */
function normal(schema: Schema): unknown {
  const { properties, items, required, description: _d, $schema: _s, ...rest } = schema;
  const kept = Object.entries(rest).filter(
    ([key, value]) =>
      !key.startsWith("x-kubernetes-") &&
      key !== "additionalProperties" &&
      !(key === "format" && value === "int64") &&
      // zod spells out what "date-time" means, and that its integers are safe ones.
      !(key === "pattern" && rest.format === "date-time") &&
      !((key === "minimum" || key === "maximum") && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER),
  );
  return {
    ...Object.fromEntries(kept),
    ...(rest.enum && { enum: [...rest.enum].sort() }),
    ...(required && { required: [...required].sort() }),
    ...(items && { items: normal(items) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, property]) => [name, normal(property)]),
      ),
    }),
  };
}

const fromType = (type: z.ZodType) => normal(z.toJSONSchema(type, { io: "input" }) as Schema);

function* everySchema(schema: Schema, path: string): Generator<readonly [path: string, schema: Schema]> {
  yield [path, schema];
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    yield* everySchema(property, `${path}.${name}`);
  if (schema.items) yield* everySchema(schema.items, `${path}[]`);
}

describe.each(kinds)("the CRD of %s", (kind) => {
  const fields = [...everySchema(schemaOf(kind), kind)];

  it.each(["spec", "status"] as const)(
    "says of %s what the type in code says, no more and no less",
    (part) => {
      expect(normal(schemaOf(kind).properties![part]!)).toEqual(fromType(TYPES[kind][part]));
    },
  );

  it("has the parts that the type has, and needs those that it needs", () => {
    const type = z.toJSONSchema(TYPES[kind].whole, { io: "input" }) as Schema;
    expect(Object.keys(schemaOf(kind).properties!).sort()).toEqual(Object.keys(type.properties!).sort());
    const always = ["apiVersion", "kind", "metadata"];
    expect([...always, ...(schemaOf(kind).required ?? [])].sort()).toEqual([...type.required!].sort());
  });

  it("H20 shows a field that it doesn't know as unreadable, for it could be a keeper", () => {
    const { spec, status } = TYPES[kind];
    const closed = [spec, ...(kind === "VpcIP" ? [] : [status])];
    for (const type of closed) {
      for (const [path, schema] of everySchema(z.toJSONSchema(type, { io: "input" }) as Schema, "")) {
        if (schema.type === "object") expect([path, schema["additionalProperties"]]).toEqual([path, false]);
      }
    }
  });

  it("is named and versioned as the type is", () => {
    const { metadata, spec } = definitionOf(kind);
    expect(metadata.name).toBe(`${spec.names.plural}.${spec.group}`);
    const literals = z.toJSONSchema(TYPES[kind].whole, { io: "input" }) as Schema;
    expect(literals.properties!["kind"]!["const"]).toBe(kind);
    expect(literals.properties!["apiVersion"]!["const"]).toBe(`${spec.group}/${spec.versions[0]!.name}`);
  });

  it("describes each field", () => {
    const bare = fields.filter(([path, { description }]) => path !== `${kind}.metadata` && !description);
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it("bounds each text and each list, so that rules stay cheap", () => {
    const unbounded = fields.filter(
      ([path, schema]) =>
        (schema.type === "string" &&
          schema.maxLength === undefined &&
          schema.enum === undefined &&
          schema.format !== "date-time" &&
          path !== `${kind}.apiVersion` &&
          path !== `${kind}.kind`) ||
        (schema.type === "array" && schema.maxItems === undefined),
    );
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it("says of each list how it merges, by keys that each item has", () => {
    for (const [path, schema] of fields) {
      if (schema.type !== "array") continue;
      expect([path, schema["x-kubernetes-list-type"]]).toEqual([
        path,
        expect.stringMatching(/^(map|atomic)$/),
      ]);
      const keys = (schema["x-kubernetes-list-map-keys"] ?? []) as string[];
      expect(schema.items!.required ?? []).toEqual(expect.arrayContaining(keys));
    }
  });

  it("explains each rule in its message", () => {
    for (const [, schema] of fields) {
      for (const rule of (schema["x-kubernetes-validations"] ?? []) as { message?: string }[])
        expect(rule.message).toMatch(/\w+ \w+/);
    }
  });

  it("has a status subresource, columns and a short name", () => {
    const version = definitionOf(kind).spec.versions[0]!;
    expect(version.subresources).toEqual({ status: {} });
    expect(version.additionalPrinterColumns.map(({ name }) => name)).toContain("Age");
    expect(definitionOf(kind).spec.names.shortNames).toEqual([
      { VpcIP: "vip", VpcIPClaim: "vipc", NodeENIConfig: "nec" }[kind],
    ]);
  });

  it("shows in columns and selects by fields that exist", () => {
    const version = definitionOf(kind).spec.versions[0]!;
    const paths = [...version.additionalPrinterColumns, ...(version.selectableFields ?? [])].map(
      (x) => x.jsonPath,
    );
    const known = new Set(fields.map(([path]) => path.slice(kind.length)));
    expect(paths.filter((path) => !path.startsWith(".metadata.") && !known.has(path))).toEqual([]);
  });
});
