import { describe, expect, test } from "@jest/globals";
import { type Body, configMap, pod, thing } from "./bodies.ts";
import type { Wire } from "./wire.ts";

export function describeDeletion(wire: Wire): void {
  describe("delete", () => {
    const made = async (metadata: Body = {}): Promise<Body> =>
      (await wire.call("POST", wire.path(wire.things), thing(wire, wire.fresh(), { metadata }))).body;

    test("answers a Status with the UID of what has gone", async () => {
      const { name, uid } = (await made()).metadata;
      const { status, body } = await wire.call("DELETE", wire.path(wire.things, name));
      expect([status, body]).toEqual([
        200,
        {
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Success",
          details: { name, group: wire.group, kind: "things", uid },
        },
      ]);
      expect((await wire.get(wire.path(wire.things, name))).status).toBe(404);
    });

    test("with another UID as precondition is 409 and deletes nothing", async () => {
      const { name, uid } = (await made()).metadata;
      const { status, body } = await wire.call("DELETE", wire.path(wire.things, name), {
        preconditions: { uid: "other" },
      });
      expect(status).toBe(409);
      expect(body).toMatchObject({
        reason: "Conflict",
        message: `Operation cannot be fulfilled on Thing.${wire.group} "${name}": the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
        details: { name, group: wire.group, kind: "Thing" },
      });
      expect((await wire.get(wire.path(wire.things, name))).status).toBe(200);
    });

    test("with an old resourceVersion as precondition is 409, with the present one it deletes", async () => {
      const { name, resourceVersion: old } = (await made()).metadata;
      const path = wire.path(wire.things, name);
      const { resourceVersion } = (await wire.patch(path, { spec: { count: 2 } })).body.metadata;
      const attempt = (version: string) =>
        wire.call("DELETE", path, { preconditions: { resourceVersion: version } });
      expect((await attempt(old)).body.message).toContain(
        `the ResourceVersion in the precondition (${old}) does not match the ResourceVersion in record (${resourceVersion})`,
      );
      expect((await attempt(resourceVersion)).status).toBe(200);
    });

    test("of something that is not there is 404", async () => {
      expect((await wire.call("DELETE", wire.path("configmaps", "missing"))).status).toBe(404);
    });

    test("waits for finalizers, and the last one that goes takes the object along", async () => {
      const { name } = (await made({ finalizers: ["x.dev/a", "x.dev/b"] })).metadata;
      const path = wire.path(wire.things, name);
      const marked = await wire.call("DELETE", path);
      expect(marked.body.metadata).toMatchObject({
        deletionTimestamp: expect.stringMatching(/Z$/),
        deletionGracePeriodSeconds: 0,
        generation: 2,
      });
      await wire.patch(path, { metadata: { finalizers: ["x.dev/b"] } });
      expect((await wire.get(path)).status).toBe(200);
      expect((await wire.patch(path, { metadata: { finalizers: null } })).status).toBe(200);
      expect((await wire.get(path)).status).toBe(404);
    });

    test("under way: no finalizer may be added, the rest may change, a second delete changes nothing", async () => {
      const { name } = (await made({ finalizers: ["x.dev/a"] })).metadata;
      const path = wire.path(wire.things, name);
      await wire.call("DELETE", path);
      const added = await wire.patch(path, { metadata: { finalizers: ["x.dev/a", "x.dev/b"] } });
      expect(added.body.details.causes[0]).toEqual({
        reason: "FieldValueForbidden",
        message:
          'Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x.dev/b"}',
        field: "metadata.finalizers",
      });
      const changed = (await wire.patch(path, { spec: { count: 2 } })).body.metadata;
      expect(changed.generation).toBe(3);
      const again = (await wire.call("DELETE", path)).body.metadata;
      expect(again.resourceVersion).toBe(changed.resourceVersion);
      await wire.patch(path, { metadata: { finalizers: null } });
    });

    test("under way: the name is still taken, and the refusal says why", async () => {
      const { name } = (await made({ finalizers: ["x.dev/a"] })).metadata;
      await wire.call("DELETE", wire.path(wire.things, name));
      const { status, body } = await wire.call("POST", wire.path(wire.things), thing(wire, name));
      expect([status, body.reason, body.message]).toEqual([
        409,
        "AlreadyExists",
        `object is being deleted: things.${wire.group} "${name}" already exists`,
      ]);
      await wire.patch(wire.path(wire.things, name), { metadata: { finalizers: null } });
    });

    test("takes a propagationPolicy that is known and no other", async () => {
      const { name } = (await made()).metadata;
      const path = wire.path(wire.things, name);
      const { status, body } = await wire.call("DELETE", path, { propagationPolicy: "Sideways" });
      expect([status, body.details.causes[0].reason]).toEqual([422, "FieldValueNotSupported"]);
      expect((await wire.call("DELETE", path, { propagationPolicy: "Background" })).status).toBe(200);
    });

    test("of a collection takes what the selector says", async () => {
      const label = wire.fresh("sel");
      for (const labels of [{ of: label }, { of: label }, { of: "other" }]) {
        await wire.call("POST", wire.path("configmaps"), configMap(wire.fresh(), { metadata: { labels } }));
      }
      const selected = `${wire.path("configmaps")}?labelSelector=of%3D${label}`;
      expect((await wire.call("DELETE", selected)).body.items).toHaveLength(2);
      expect((await wire.get(selected)).body.items).toHaveLength(0);
    });

    test("is refused for kube-system", async () => {
      const { status, body } = await wire.call("DELETE", "/api/v1/namespaces/kube-system");
      expect([status, body.message]).toEqual([
        403,
        'namespaces "kube-system" is forbidden: this namespace may not be deleted',
      ]);
    });
  });

  describe("deleting a Pod", () => {
    const running = async (spec: Body = {}, phase = "Running", metadata: Body = {}): Promise<string> => {
      const name = wire.fresh("pod");
      await wire.call("POST", wire.path("pods"), pod(name, { metadata, spec: { nodeName: "n1", ...spec } }));
      await wire.patch(wire.path("pods", name, "status"), { status: { phase } });
      return wire.path("pods", name);
    };

    test("sets deletionTimestamp at the end of its grace, and the Pod stays", async () => {
      const path = await running();
      const { metadata } = (await wire.call("DELETE", path)).body;
      expect(metadata).toMatchObject({ deletionGracePeriodSeconds: 30, generation: 2 });
      const lead = Date.parse(metadata.deletionTimestamp) - Date.parse(metadata.creationTimestamp);
      expect(lead).toBeGreaterThanOrEqual(30_000);
      expect((await wire.get(path)).status).toBe(200);
    });

    test("a second time may only shorten the grace", async () => {
      const path = await running();
      const first = (await wire.call("DELETE", path, { gracePeriodSeconds: 30 })).body.metadata;
      const longer = (await wire.call("DELETE", path, { gracePeriodSeconds: 60 })).body.metadata;
      expect(longer.deletionTimestamp).toBe(first.deletionTimestamp);
      const shorter = (await wire.call("DELETE", path, { gracePeriodSeconds: 10 })).body.metadata;
      expect(Date.parse(first.deletionTimestamp) - Date.parse(shorter.deletionTimestamp)).toBe(20_000);
      expect(shorter).toMatchObject({ deletionGracePeriodSeconds: 10, generation: 2 });
    });

    test("with grace 0, as a kubelet does at the end, takes it away and answers the Pod", async () => {
      const path = await running();
      await wire.call("DELETE", path);
      const { body } = await wire.call("DELETE", path, { gracePeriodSeconds: 0 });
      expect(body.kind).toBe("Pod");
      expect((await wire.get(path)).status).toBe(404);
    });

    test.each(["Succeeded", "Failed"])("that has %s takes it away at once", async (phase) => {
      const path = await running({}, phase);
      await wire.call("DELETE", path);
      expect((await wire.get(path)).status).toBe(404);
    });

    test("that has no node takes it away at once", async () => {
      const name = wire.fresh("pod");
      await wire.call("POST", wire.path("pods"), pod(name));
      await wire.call("DELETE", wire.path("pods", name));
      expect((await wire.get(wire.path("pods", name))).status).toBe(404);
    });

    test("with a finalizer leaves it, also with grace 0, until the finalizer goes", async () => {
      const path = await running({}, "Running", { finalizers: ["x.dev/a"] });
      await wire.call("DELETE", path, { gracePeriodSeconds: 0 });
      expect((await wire.get(path)).body.metadata.deletionGracePeriodSeconds).toBe(0);
      await wire.patch(path, { metadata: { finalizers: null } });
      expect((await wire.get(path)).status).toBe(404);
    });
  });
}
