import { describe, expect, test } from "@jest/globals";
import { configMap, LEASES, pod, thing } from "./bodies.ts";
import type { Wire } from "./wire.ts";

export function describeCreate(wire: Wire): void {
  const maps = (): string => wire.path("configmaps");

  describe("create", () => {
    test("of a kind whose spec is no pointer have one, whatever was sent", async () => {
      const { status, body } = await wire.call("POST", wire.path(LEASES), {
        metadata: { name: wire.fresh("lease") },
      });
      expect([status, body.spec]).toEqual([201, {}]);
    });

    test("of ConfigMaps have keys of their own form only", async () => {
      const wrong = configMap(wire.fresh(), { data: { "a/b": "1" } });
      const { status, body } = await wire.call("POST", wire.path("configmaps"), wrong);
      expect([status, body.details.causes[0].field]).toEqual([422, "data[a/b]"]);
    });

    test("gives uid, whole-second creationTimestamp and resourceVersion, whatever the client sent", async () => {
      const name = wire.fresh();
      const sent = { uid: "mine", creationTimestamp: "2001-01-01T00:00:00Z" };
      const { status, body } = await wire.call("POST", maps(), configMap(name, { metadata: sent }));
      expect(status).toBe(201);
      expect(body.metadata.uid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(body.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(body.metadata.creationTimestamp).not.toBe(sent.creationTimestamp);
      expect(body.metadata.resourceVersion).toMatch(/^\d+$/);
    });

    test("refuses a name that is taken with 409 AlreadyExists", async () => {
      const name = wire.fresh();
      await wire.call("POST", maps(), configMap(name));
      const { status, body } = await wire.call("POST", maps(), configMap(name));
      expect(status).toBe(409);
      expect(body).toEqual({
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: `configmaps "${name}" already exists`,
        reason: "AlreadyExists",
        details: { name, kind: "configmaps" },
        code: 409,
      });
    });

    test("makes a name from generateName", async () => {
      const { body } = await wire.call("POST", maps(), { metadata: { generateName: "gen-" } });
      expect(body.metadata.name).toMatch(/^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    });

    test("refuses a resourceVersion", async () => {
      const asked = configMap(wire.fresh(), { metadata: { resourceVersion: "5" } });
      const { status, body } = await wire.call("POST", maps(), asked);
      expect(status).toBe(500);
      expect(body.message).toBe("resourceVersion should not be set on objects to be created");
    });

    test.each(["Bad_Name", "-a", "a..b"])(
      "refuses %s, which is no DNS-1123 subdomain, with 422",
      async (name) => {
        const { status, body } = await wire.call("POST", maps(), configMap(name));
        expect(status).toBe(422);
        expect(body.reason).toBe("Invalid");
        expect(body.details.causes[0]).toMatchObject({ reason: "FieldValueInvalid", field: "metadata.name" });
        expect(body.message).toContain(
          `metadata.name: Invalid value: "${name}": a lowercase RFC 1123 subdomain`,
        );
      },
    );

    test("takes an address as a name", async () => {
      const { status } = await wire.call("POST", wire.path(wire.things), thing(wire, "10.0.3.17"));
      expect(status).toBe(201);
    });

    test("refuses an object without a name", async () => {
      const { status, body } = await wire.call("POST", maps(), { metadata: {} });
      expect(status).toBe(422);
      expect(body.message).toBe(
        'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
      );
    });

    test("answers 404 for a namespace that is not there", async () => {
      const path = "/api/v1/namespaces/nowhere/configmaps";
      const { status, body } = await wire.call("POST", path, configMap("x"));
      expect(status).toBe(404);
      expect(body.message).toBe('namespaces "nowhere" not found');
    });

    test("answers 400 for another namespace in the object, another kind, and broken JSON", async () => {
      const elsewhere = configMap(wire.fresh(), { metadata: { namespace: "default" } });
      const answers = [
        await wire.call("POST", maps(), elsewhere),
        await wire.call("POST", maps(), { ...configMap(wire.fresh()), kind: "Pod" }),
        await wire.call("POST", maps(), '{"metadata":'),
      ];
      expect(answers.map(({ status, body }) => [status, body.reason])).toEqual(
        answers.map(() => [400, "BadRequest"]),
      );
      expect(answers[0]?.body.message).toBe(
        "the namespace of the provided object does not match the namespace sent on the request",
      );
    });

    test("drops the status of a Pod and of a custom resource with a status subresource", async () => {
      const name = wire.fresh();
      const made = await wire.call("POST", wire.path("pods"), pod(name, { status: { phase: "Running" } }));
      expect(made.body.status.phase).toBe("Pending");
      const custom = thing(wire, wire.fresh(), { status: { ok: true } });
      expect((await wire.call("POST", wire.path(wire.things), custom)).body.status).toBeUndefined();
    });

    test("keeps the status of a Node", async () => {
      const node = { metadata: { name: wire.fresh("node") }, status: { nodeInfo: { bootID: "b" } } };
      const { body } = await wire.call("POST", "/api/v1/nodes", node);
      expect(body.status.nodeInfo.bootID).toBe("b");
    });

    test("does nothing with dryRun=All", async () => {
      const name = wire.fresh();
      expect((await wire.call("POST", `${maps()}?dryRun=All`, configMap(name))).status).toBe(201);
      expect((await wire.get(`${maps()}/${name}`)).status).toBe(404);
    });
  });
}
