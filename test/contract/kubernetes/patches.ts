import { describe, expect, test } from "@jest/globals";
import { configMap, thing } from "./bodies.ts";
import type { Wire } from "./wire.ts";

export function describePatches(wire: Wire): void {
  const map = async (data: Record<string, string> = { a: "1" }): Promise<string> => {
    const name = wire.fresh();
    await wire.call("POST", wire.path("configmaps"), configMap(name, { data }));
    return wire.path("configmaps", name);
  };
  const json = "application/json-patch+json";
  const applyType = "application/apply-patch+yaml";

  describe("merge patch", () => {
    test("adds, changes and (null) removes", async () => {
      const { status, body } = await wire.patch(await map({ a: "1", b: "2" }), { data: { a: null, c: "3" } });
      expect([status, body.data]).toEqual([200, { b: "2", c: "3" }]);
    });

    test("with the present resourceVersion succeeds, with an old one is 409", async () => {
      const path = await map();
      const { resourceVersion } = (await wire.get(path)).body.metadata;
      const patch = (value: string) => ({ metadata: { resourceVersion }, data: { a: value } });
      expect((await wire.patch(path, patch("2"))).status).toBe(200);
      const late = await wire.patch(path, patch("3"));
      expect([late.status, late.body.reason]).toEqual([409, "Conflict"]);
      expect((await wire.get(path)).body.data.a).toBe("2");
    });

    test("that changes nothing makes no new resourceVersion", async () => {
      const path = await map();
      const before = (await wire.get(path)).body.metadata.resourceVersion;
      expect((await wire.patch(path, { data: { a: "1" } })).body.metadata.resourceVersion).toBe(before);
    });

    test("of another UID is refused with 422", async () => {
      const { status, body } = await wire.patch(await map(), { metadata: { uid: "other" } });
      expect([status, body.details.causes[0].message]).toEqual([
        422,
        'Invalid value: "other": field is immutable',
      ]);
    });

    test("of a missing object is 404, of broken JSON 400, of unknown type 415", async () => {
      const path = await map();
      expect((await wire.patch(wire.path("configmaps", "missing"), {})).status).toBe(404);
      expect((await wire.patch(path, '{"a":')).status).toBe(400);
      expect((await wire.patch(path, {}, "text/plain")).status).toBe(415);
    });

    test("may be strategic for a built-in kind, not for a custom one", async () => {
      const strategic = "application/strategic-merge-patch+json";
      const name = wire.fresh();
      await wire.call("POST", wire.path(wire.things), thing(wire, name));
      const path = await map();
      await wire.patch(path, { metadata: { finalizers: ["x.dev/a"] } });
      const merged = await wire.patch(path, { metadata: { finalizers: ["x.dev/b"] } }, strategic);
      expect(new Set(merged.body.metadata.finalizers)).toEqual(new Set(["x.dev/a", "x.dev/b"]));
      expect((await wire.patch(wire.path(wire.things, name), {}, strategic)).status).toBe(415);
    });
  });

  describe("JSON patch", () => {
    test("tests, replaces, adds and removes in order", async () => {
      const operations = [
        { op: "test", path: "/data/a", value: "1" },
        { op: "replace", path: "/data/a", value: "2" },
        { op: "add", path: "/data/b", value: "3" },
        { op: "add", path: "/metadata/labels", value: {} },
        { op: "add", path: "/metadata/labels/x.dev~1a", value: "b" },
        { op: "remove", path: "/data/a" },
      ];
      const { status, body } = await wire.patch(await map(), operations, json);
      expect([status, body.data, body.metadata.labels]).toEqual([200, { b: "3" }, { "x.dev/a": "b" }]);
    });

    test("with a test that fails changes nothing and is 422", async () => {
      const path = await map();
      const operations = [
        { op: "replace", path: "/data/a", value: "2" },
        { op: "test", path: "/data/a", value: "1" },
      ];
      const { status, body } = await wire.patch(path, operations, json);
      expect([status, body.reason, body.message]).toEqual([
        422,
        "Invalid",
        "the server rejected our request due to an error in our request",
      ]);
      expect((await wire.get(path)).body.data.a).toBe("1");
    });

    test("of a missing path is 422", async () => {
      expect((await wire.patch(await map(), [{ op: "remove", path: "/data/x" }], json)).status).toBe(422);
    });
  });

  describe("apply", () => {
    const applied = (name: string, data: Record<string, string>) => configMap(name, { data });

    test("creates, then merges, then takes back what is no longer applied", async () => {
      const name = wire.fresh();
      const path = `${wire.path("configmaps", name)}?fieldManager=me`;
      const made = await wire.patch(path, applied(name, { a: "1", b: "2" }), applyType);
      expect([made.status, made.body.data]).toEqual([201, { a: "1", b: "2" }]);
      await wire.patch(wire.path("configmaps", name), { data: { c: "3" } });
      const again = await wire.patch(path, applied(name, { b: "4" }), applyType);
      expect([again.status, again.body.data]).toEqual([200, { b: "4", c: "3" }]);
    });

    test("takes YAML", async () => {
      const name = wire.fresh();
      const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: "1"\n`;
      const { status, body } = await wire.patch(
        `${wire.path("configmaps", name)}?fieldManager=me`,
        yaml,
        applyType,
      );
      expect([status, body.data]).toEqual([201, { a: "1" }]);
    });

    test("refuses a field of another applier with 409, and takes it with force", async () => {
      const name = wire.fresh();
      const path = wire.path("configmaps", name);
      await wire.patch(`${path}?fieldManager=me`, applied(name, { a: "1" }), applyType);
      const refused = await wire.patch(`${path}?fieldManager=you`, applied(name, { a: "2" }), applyType);
      expect([refused.status, refused.body.message]).toEqual([
        409,
        'Apply failed with 1 conflict: conflict with "me": .data.a',
      ]);
      const forced = await wire.patch(
        `${path}?fieldManager=you&force=true`,
        applied(name, { a: "2" }),
        applyType,
      );
      expect(forced.body.data.a).toBe("2");
    });

    test("needs a field manager", async () => {
      const { status, body } = await wire.patch(wire.path("configmaps", "x"), applied("x", {}), applyType);
      expect([status, body.details.causes[0].field]).toEqual([422, "fieldManager"]);
    });
  });
}
