import { describe, expect, test } from "@jest/globals";
import { configMap, LEASES, lease, pod, thing } from "./bodies.ts";
import type { Wire } from "./wire.ts";

export function describeUpdate(wire: Wire): void {
  const maps = (): string => wire.path("configmaps");

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
      await wire.call("POST", wire.path(LEASES), lease(name, { holderIdentity: "a" }));
      await wire.call("POST", wire.path(wire.things), thing(wire, name));
      const answers = [
        await wire.call("PUT", wire.path(LEASES, name), lease(name, { holderIdentity: "b" })),
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
      expect(
        (await wire.call("PUT", wire.path(LEASES, name), lease(name, { holderIdentity: "a" }))).status,
      ).toBe(201);
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
}
