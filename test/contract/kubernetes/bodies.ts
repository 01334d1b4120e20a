/** Objects as they are sent, each whole unless a test says otherwise. */

// biome-ignore lint/suspicious/noExplicitAny: bodies are whatever the server says; the tests look at them.
export type Body = any;

export const configMap = (name: string, more: Body = {}): Body => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  ...more,
  metadata: { name, ...more.metadata },
});

/** What `Wire.path` calls them. */
export const LEASES = "leases.coordination.k8s.io";

export const lease = (name: string, spec: Body): Body => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name },
  spec,
});

export const thing = (wire: { readonly group: string }, name: string, more: Body = {}): Body => ({
  apiVersion: `${wire.group}/v1`,
  kind: "Thing",
  ...more,
  metadata: { name, ...more.metadata },
  spec: { nodeName: "a", ...more.spec },
});

export const pod = (name: string, more: Body = {}): Body => ({
  apiVersion: "v1",
  kind: "Pod",
  ...more,
  metadata: { name, ...more.metadata },
  spec: { containers: [{ name: "c", image: "i" }], ...more.spec },
});

export function thingDefinition(group: string, plural = "things", kind = "Thing"): Body {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Cluster",
      names: { plural, kind, shortNames: [plural.slice(0, 2)] },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {} },
          selectableFields: [{ jsonPath: ".spec.nodeName" }],
          schema: { openAPIV3Schema: thingSchema },
        },
      ],
    },
  };
}

const thingSchema = {
  type: "object",
  required: ["spec"],
  properties: {
    spec: {
      type: "object",
      required: ["nodeName"],
      properties: {
        nodeName: { type: "string", pattern: "^[a-z]+$", maxLength: 5 },
        count: { type: "integer", minimum: 1, maximum: 3 },
        mode: { type: "string", enum: ["A", "B"], default: "A" },
        list: {
          type: "array",
          maxItems: 2,
          items: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["id"],
        },
        set: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
        counts: { type: "object", additionalProperties: { type: "integer" } },
        when: { type: "string", format: "date-time" },
        open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        either: { "x-kubernetes-int-or-string": true },
        maybe: { type: "string", nullable: true },
      },
    },
    status: { type: "object", properties: { ok: { type: "boolean" } } },
  },
};
