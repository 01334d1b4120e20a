import { describe, expect, test } from "@jest/globals";
import { type Body, thing, thingDefinition } from "./bodies.ts";
import type { Wire } from "./wire.ts";

export function describeCustomResources(wire: Wire): void {
  const definitions = "customresourcedefinitions.apiextensions.k8s.io";
  const make = (spec: Body, more: Body = {}) =>
    wire.call("POST", wire.path(wire.things), thing(wire, wire.fresh(), { ...more, spec }));

  describe("a custom resource", () => {
    test("loses fields that its schema does not know, with a warning, and gains defaults", async () => {
      const spec = { nodeName: "n", foo: 1, list: [{ id: "x", y: 1 }], open: { any: 1 }, maybe: null };
      const { headers, body } = await make(spec);
      expect(body.spec).toEqual({
        nodeName: "n",
        mode: "A",
        list: [{ id: "x" }],
        open: { any: 1 },
        maybe: null,
      });
      const warnings = String(headers["warning"]);
      expect(warnings).toContain('299 - "unknown field \\"spec.foo\\""');
      expect(warnings).toContain('299 - "unknown field \\"spec.list[0].y\\""');
    });

    test("with an unknown field is refused where validation is strict", async () => {
      const { status, body } = await wire.call(
        "POST",
        `${wire.path(wire.things)}?fieldValidation=Strict`,
        thing(wire, wire.fresh(), { spec: { foo: 1 } }),
      );
      expect([status, body.message]).toEqual([
        400,
        'Thing in version "v1" cannot be handled as a Thing: strict decoding error: unknown field "spec.foo"',
      ]);
    });

    test.each([
      [
        { nodeName: "TOO" },
        "FieldValueInvalid",
        "spec.nodeName",
        "spec.nodeName in body should match '^[a-z]+$'",
      ],
      [
        { nodeName: "toolong" },
        "FieldValueTooLong",
        "spec.nodeName",
        "Too long: may not be more than 5 bytes",
      ],
      [{ nodeName: 5 }, "FieldValueTypeInvalid", "spec.nodeName", 'must be of type string: "integer"'],
      [
        { count: 7 },
        "FieldValueInvalid",
        "spec.count",
        "Invalid value: 7: spec.count in body should be less than or equal to 3",
      ],
      [{ count: 0 }, "FieldValueInvalid", "spec.count", "should be greater than or equal to 1"],
      [{ count: 1.5 }, "FieldValueTypeInvalid", "spec.count", 'must be of type integer: "number"'],
      [
        { mode: "C" },
        "FieldValueNotSupported",
        "spec.mode",
        'Unsupported value: "C": supported values: "A", "B"',
      ],
      [{ list: [{}] }, "FieldValueRequired", "spec.list[0].id", "Required value"],
      [
        { list: [{ id: "a" }, { id: "b" }, { id: "c" }] },
        "FieldValueTooMany",
        "spec.list",
        "Too many: 3: must have at most 2 items",
      ],
      [
        { list: [{ id: "a" }, { id: "a" }] },
        "FieldValueDuplicate",
        "spec.list[1]",
        'Duplicate value: {"id":"a"}',
      ],
      [{ set: ["a", "a"] }, "FieldValueDuplicate", "spec.set[1]", 'Duplicate value: "a"'],
      [{ counts: { k: "s" } }, "FieldValueTypeInvalid", "spec.counts.k", 'must be of type integer: "string"'],
      [{ when: "yesterday" }, "FieldValueTypeInvalid", "spec.when", "must be of type date-time"],
      [{ either: 1.5 }, "FieldValueTypeInvalid", "spec.either", 'must be of type integer,string: "number"'],
    ])("with spec %j is refused: %s %s", async (spec, reason, field, message) => {
      const { status, body } = await make({ nodeName: "n", ...spec });
      expect([status, body.reason]).toEqual([422, "Invalid"]);
      const cause = body.details.causes.find((one: Body) => one.field === field);
      expect(cause).toMatchObject({ reason, message: expect.stringContaining(message) });
    });

    test("without a required field is refused, each missing one named", async () => {
      const bare = { apiVersion: `${wire.group}/v1`, kind: "Thing", metadata: { name: "bare" } };
      const { body } = await wire.call("POST", wire.path(wire.things), bare);
      expect(body.message).toBe(`Thing.${wire.group} "bare" is invalid: spec: Required value`);
    });

    test("of another version or without a kind is 400, of another kind 422", async () => {
      const good = thing(wire, wire.fresh());
      const attempts = [
        { ...good, apiVersion: `${wire.group}/v2` },
        { metadata: good.metadata, spec: good.spec },
        { ...good, kind: "Thang" },
      ];
      const answers = await Promise.all(
        attempts.map((body) => wire.call("POST", wire.path(wire.things), body)),
      );
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 422]);
      expect(answers[0]?.body.message).toBe(
        `the API version in the data (${wire.group}/v2) does not match the expected API version (${wire.group}/v1)`,
      );
    });

    test("is named in the discovery documents with its short names", async () => {
      const { body } = await wire.get(`/apis/${wire.group}/v1`);
      const found = body.resources.find((one: Body) => one.name === "things");
      expect(found).toMatchObject({
        kind: "Thing",
        namespaced: false,
        shortNames: ["th"],
        singularName: "thing",
      });
      expect(body.resources.map((one: Body) => one.name)).toContain("things/status");
      const { groups } = (await wire.get("/apis")).body;
      expect(groups.map((group: Body) => group.name)).toContain(wire.group);
    });
  });

  describe("a CustomResourceDefinition", () => {
    test("with a wrong name or no schema is refused", async () => {
      const wrong = thingDefinition(wire.group, "wrongs", "Wrong");
      wrong.metadata.name = `other.${wire.group}`;
      delete wrong.spec.versions[0].schema;
      delete wrong.spec.versions[0].selectableFields;
      const { status, body } = await wire.call("POST", wire.path(definitions), wrong);
      expect(status).toBe(422);
      expect(body.details.causes.map((cause: Body) => cause.field)).toEqual(
        expect.arrayContaining(["metadata.name", "spec.versions[0].schema.openAPIV3Schema"]),
      );
    });

    test("H62 deleted and made again serves an empty and valid list, and its watch had ended", async () => {
      const definition = thingDefinition(wire.group, "ghosts", "Ghost");
      const ghosts = `/apis/${wire.group}/v1/ghosts`;
      await wire.call("POST", wire.path(definitions), definition);
      await wire.served("ghosts");
      const ghost = { ...thing(wire, "g"), kind: "Ghost" };
      expect((await wire.call("POST", ghosts, ghost)).status).toBe(201);
      const stream = wire.watch(`${ghosts}?watch=1`);
      await stream.until((events) => events.length >= 1);

      const name = `ghosts.${wire.group}`;
      await wire.call("DELETE", wire.path(definitions, name));
      const events = await stream.until(() => false);
      expect(events.map(({ type }) => type)).toEqual(["ADDED", "DELETED"]);
      for (let left = 100; left > 0 && (await wire.get(ghosts)).status !== 404; left--) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect((await wire.get(ghosts)).status).toBe(404);

      await wire.call("POST", wire.path(definitions), definition);
      await wire.served("ghosts");
      const { status, body } = await wire.get(ghosts);
      expect([status, body.kind, body.items]).toEqual([200, "GhostList", []]);
      await wire.call("DELETE", wire.path(definitions, name));
    }, 60_000);

    test("waits for the finalizers of its objects and lets nothing be created meanwhile", async () => {
      const held = `/apis/${wire.group}/v1/helds`;
      await wire.call("POST", wire.path(definitions), thingDefinition(wire.group, "helds", "Held"));
      await wire.served("helds");
      const object = { ...thing(wire, "h", { metadata: { finalizers: ["x.dev/a"] } }), kind: "Held" };
      await wire.call("POST", held, object);
      await wire.call("DELETE", wire.path(definitions, `helds.${wire.group}`));
      for (let left = 100; left > 0; left--) {
        if ((await wire.get(`${held}/h`)).body.metadata.deletionTimestamp !== undefined) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const late = await wire.call("POST", held, { ...thing(wire, "late"), kind: "Held" });
      expect([late.status, late.body.message]).toEqual([
        403,
        `helds.${wire.group} "late" is forbidden: create not allowed while custom resource definition is terminating`,
      ]);
      await wire.patch(`${held}/h`, { metadata: { finalizers: null } });
      for (let left = 100; left > 0 && (await wire.get(held)).status !== 404; left--) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect((await wire.get(held)).status).toBe(404);
    }, 60_000);

    test("H20 upgraded to a schema without a field hides that field of stored objects", async () => {
      const definition = thingDefinition(wire.group, "shrinks", "Shrink");
      const shrinks = `/apis/${wire.group}/v1/shrinks`;
      const path = wire.path(definitions, `shrinks.${wire.group}`);
      await wire.call("POST", wire.path(definitions), definition);
      await wire.served("shrinks");
      const object = { ...thing(wire, "s", { spec: { count: 2 } }), kind: "Shrink" };
      expect((await wire.call("POST", shrinks, object)).body.spec.count).toBe(2);
      const { properties } = definition.spec.versions[0].schema.openAPIV3Schema.properties.spec;
      const { count: _, ...smaller } = properties;
      const versions = structuredClone(definition.spec.versions);
      versions[0].schema.openAPIV3Schema.properties.spec.properties = smaller;
      expect((await wire.patch(path, { spec: { versions } })).status).toBe(200);
      let seen: Body;
      for (let left = 100; left > 0; left--) {
        seen = (await wire.get(`${shrinks}/s`)).body;
        if (seen.spec !== undefined && seen.spec.count === undefined) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(seen.spec).toEqual({ nodeName: "a", mode: "A" });
      await wire.call("DELETE", path);
    }, 60_000);
  });
}
