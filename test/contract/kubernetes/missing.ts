import { describe, expect, test } from "@jest/globals";
import { configMap } from "./bodies.ts";
import type { Wire } from "./wire.ts";

export function describeMissing(wire: Wire): void {
  const maps = (): string => wire.path("configmaps");

  describe("what is not there", () => {
    test("an object is 404 with its name", async () => {
      const { status, body } = await wire.get(`${maps()}/missing`);
      expect(status).toBe(404);
      expect(body).toMatchObject({
        message: 'configmaps "missing" not found',
        reason: "NotFound",
        details: { name: "missing", kind: "configmaps" },
      });
    });

    test("a resource of a known group is 404 without details", async () => {
      const { status, body } = await wire.get("/api/v1/unknowns");
      expect([status, body.message, body.details]).toEqual([
        404,
        "the server could not find the requested resource",
        {},
      ]);
    });

    test("an unknown group, or an unknown resource of a custom one, is a plain 404 page", async () => {
      const answers = [
        await wire.get("/apis/none.dev/v1/foos"),
        await wire.get(`/apis/${wire.group}/v1/foos`),
        await wire.get(`/apis/${wire.group}/v1/namespaces/default/things`),
      ];
      expect(answers.map(({ status, body }) => [status, body])).toEqual(
        answers.map(() => [404, "404 page not found\n"]),
      );
    });

    test("a method without meaning is 405, a body of unknown type 415", async () => {
      expect((await wire.call("PUT", maps(), configMap("a"))).body).toMatchObject({
        code: 405,
        reason: "MethodNotAllowed",
      });
      const text = { "content-type": "text/plain" };
      expect((await wire.call("POST", maps(), configMap("a"), text)).body).toMatchObject({
        code: 415,
        reason: "UnsupportedMediaType",
      });
    });
  });
}
