import { describe, expect, test } from "@jest/globals";
import { type Body, configMap, pod, thing, type Wire } from "./wire.ts";

export function describeObjects(wire: Wire): void {
  const maps = (): string => wire.path("configmaps");
  const leases = (name?: string): string => wire.path("leases.coordination.k8s.io", name);
  const lease = (name: string, spec: Body, metadata: Body = {}): Body => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name, ...metadata },
    spec,
  });

  describe("create", () => {
    test("of a kind whose spec is no pointer have one, whatever was sent", async () => {
      const path = `/apis/coordination.k8s.io/v1/namespaces/${wire.namespace}/leases`;
      const { status, body } = await wire.call("POST", path, { metadata: { name: wire.fresh("lease") } });
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

  describe("update", () => {
    test("with the resourceVersion that was read changes the object", async () => {
      const { body } = await wire.call("POST", maps(), configMap(wire.fresh()));
      const path = `${maps()}/${body.metadata.name}`;
      const put = await wire.call("PUT", path, { ...body, data: { a: "1" } });
      expect(put.status).toBe(200);
      expect(Number(put.body.metadata.resourceVersion)).toBeGreaterThan(
        Number(body.metadata.resourceVersion),
      );
      expect(put.body.metadata.uid).toBe(body.metadata.uid);
    });

    test("with an old resourceVersion is refused with 409 Conflict", async () => {
      const { body } = await wire.call("POST", maps(), configMap(wire.fresh()));
      const { name } = body.metadata;
      await wire.call("PUT", `${maps()}/${name}`, { ...body, data: { a: "1" } });
      const late = await wire.call("PUT", `${maps()}/${name}`, { ...body, data: { a: "2" } });
      expect(late.status).toBe(409);
      expect(late.body).toMatchObject({
        reason: "Conflict",
        details: { name, kind: "configmaps" },
        message: `Operation cannot be fulfilled on configmaps "${name}": the object has been modified; please apply your changes to the latest version and try again`,
      });
    });

    test("that changes nothing makes no new resourceVersion", async () => {
      const { body } = await wire.call("POST", maps(), configMap(wire.fresh(), { data: { a: "1" } }));
      const put = await wire.call("PUT", `${maps()}/${body.metadata.name}`, body);
      expect(put.status).toBe(200);
      expect(put.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
    });

    test("without resourceVersion overwrites a ConfigMap", async () => {
      const name = wire.fresh();
      await wire.call("POST", maps(), configMap(name));
      const put = await wire.call("PUT", `${maps()}/${name}`, configMap(name, { data: { a: "1" } }));
      expect([put.status, put.body.data]).toEqual([200, { a: "1" }]);
    });

    test("without resourceVersion is refused for a Lease and for a custom resource", async () => {
      const name = wire.fresh();
      await wire.call("POST", leases(), lease(name, { holderIdentity: "a" }));
      await wire.call("POST", wire.path(wire.things), thing(wire, name));
      const answers = [
        await wire.call("PUT", leases(name), lease(name, { holderIdentity: "b" })),
        await wire.call("PUT", wire.path(wire.things, name), thing(wire, name)),
      ];
      expect(answers.map(({ status }) => status)).toEqual([422, 422]);
      expect(answers[1]?.body.message).toBe(
        `${wire.things} "${name}" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`,
      );
    });

    test("with the UID of an earlier object of that name is refused with 409", async () => {
      const { body } = await wire.call("POST", maps(), configMap(wire.fresh()));
      const { name, uid } = body.metadata;
      const put = await wire.call(
        "PUT",
        `${maps()}/${name}`,
        configMap(name, { metadata: { uid: "other" } }),
      );
      expect(put.status).toBe(409);
      expect(put.body.message).toContain(
        `Precondition failed: UID in precondition: other, UID in object meta: ${uid}`,
      );
    });

    test("of a missing object is 404, but creates a Lease", async () => {
      const name = wire.fresh();
      expect((await wire.call("PUT", `${maps()}/${name}`, configMap(name))).status).toBe(404);
      expect((await wire.call("PUT", leases(name), lease(name, { holderIdentity: "a" }))).status).toBe(201);
    });

    test("refuses another name than that of the path", async () => {
      const { status, body } = await wire.call("PUT", `${maps()}/a`, configMap("b"));
      expect(status).toBe(400);
      expect(body.message).toBe("the name of the object (b) does not match the name on the URL (a)");
    });

    test("refuses another node for a Pod, which only a binding gives", async () => {
      const name = wire.fresh();
      await wire.call("POST", wire.path("pods"), pod(name));
      const moved = await wire.patch(wire.path("pods", name), { spec: { nodeName: "n1" } });
      expect([moved.status, moved.body.details.causes[0].field]).toEqual([422, "spec"]);
      const target = { apiVersion: "v1", kind: "Node", name: "n1" };
      const binding = { apiVersion: "v1", kind: "Binding", metadata: { name }, target };
      expect((await wire.call("POST", wire.path("pods", name, "binding"), binding)).status).toBe(201);
      expect((await wire.get(wire.path("pods", name))).body.spec.nodeName).toBe("n1");
      expect((await wire.call("POST", wire.path("pods", name, "binding"), binding)).status).toBe(409);
    });
  });

  describe("status", () => {
    test("is left alone by a write of the object, and the object by a write of its status", async () => {
      const name = wire.fresh();
      await wire.call("POST", wire.path(wire.things), thing(wire, name));
      const path = wire.path(wire.things, name);
      const spec = await wire.patch(path, { spec: { count: 2 }, status: { ok: true } });
      expect([spec.body.spec.count, spec.body.status]).toEqual([2, undefined]);
      const status = await wire.patch(`${path}/status`, {
        metadata: { labels: { a: "b" } },
        spec: { count: 3 },
        status: { ok: true },
      });
      expect([status.body.spec.count, status.body.status, status.body.metadata.labels]).toEqual([
        2,
        { ok: true },
        undefined,
      ]);
    });

    test("does not count in generation, the spec does", async () => {
      const name = wire.fresh();
      const path = wire.path(wire.things, name);
      const made = await wire.call("POST", wire.path(wire.things), thing(wire, name));
      const status = await wire.patch(`${path}/status`, { status: { ok: true } });
      const labels = await wire.patch(path, { metadata: { labels: { a: "b" } } });
      const spec = await wire.patch(path, { spec: { count: 2 } });
      const generations = [made, status, labels, spec].map(({ body }) => body.metadata.generation);
      expect(generations).toEqual([1, 1, 1, 2]);
    });

    test("of a Pod takes labels along, as it does for every built-in kind", async () => {
      const name = wire.fresh();
      await wire.call("POST", wire.path("pods"), pod(name));
      const patch = { metadata: { labels: { a: "b" } }, status: { phase: "Running" } };
      const { body } = await wire.patch(wire.path("pods", name, "status"), patch);
      expect([body.status.phase, body.metadata.labels]).toEqual(["Running", { a: "b" }]);
    });
  });

  describe("a Lease", () => {
    const renewTime = "2026-01-01T00:00:00.123456Z";

    test("keeps its MicroTime, in UTC", async () => {
      const spec = { acquireTime: "2026-01-01T02:00:00.123456+02:00", renewTime };
      const { body } = await wire.call("POST", leases(), lease(wire.fresh(), spec));
      expect(body.spec).toEqual({ acquireTime: renewTime, renewTime });
    });

    test.each(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123Z"])(
      "refuses %s, which has not six digits of fraction",
      async (time) => {
        const { status, body } = await wire.call("POST", leases(), lease(wire.fresh(), { renewTime: time }));
        expect(status).toBe(400);
        expect(body.message).toContain(
          `Lease in version "v1" cannot be handled as a Lease: parsing time "${time}" as "2006-01-02T15:04:05.000000Z07:00": cannot parse`,
        );
      },
    );

    test("must last longer than nothing", async () => {
      const { status, body } = await wire.call(
        "POST",
        leases(),
        lease(wire.fresh(), { leaseDurationSeconds: 0 }),
      );
      expect([status, body.details.causes]).toEqual([
        422,
        [
          {
            reason: "FieldValueInvalid",
            message: "Invalid value: 0: must be greater than 0",
            field: "spec.leaseDurationSeconds",
          },
        ],
      ]);
    });

    test("is taken by one of two who saw it free", async () => {
      const name = wire.fresh();
      const free = (await wire.call("POST", leases(), lease(name, { holderIdentity: "" }))).body;
      const take = (holder: string): Body => ({ ...free, spec: { ...free.spec, holderIdentity: holder } });
      const answers = await Promise.all(
        ["a", "b", "c"].map((holder) => wire.call("PUT", leases(name), take(holder))),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    });
  });

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
