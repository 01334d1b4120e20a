import { describe, expect, test } from "@jest/globals";
import { pod, thing } from "./bodies.ts";
import type { Wire } from "./wire.ts";

export function describeStatus(wire: Wire): void {
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
}
