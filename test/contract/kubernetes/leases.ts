import { describe, expect, test } from "@jest/globals";
import { type Body, LEASES, lease } from "./bodies.ts";
import type { Wire } from "./wire.ts";

export function describeLeases(wire: Wire): void {
  describe("a Lease", () => {
    const renewTime = "2026-01-01T00:00:00.123456Z";

    test("keeps its MicroTime, in UTC", async () => {
      const spec = { acquireTime: "2026-01-01T02:00:00.123456+02:00", renewTime };
      const { body } = await wire.call("POST", wire.path(LEASES), lease(wire.fresh(), spec));
      expect(body.spec).toEqual({ acquireTime: renewTime, renewTime });
    });

    test.each(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123Z"])(
      "refuses %s, which has not six digits of fraction",
      async (time) => {
        const { status, body } = await wire.call(
          "POST",
          wire.path(LEASES),
          lease(wire.fresh(), { renewTime: time }),
        );
        expect(status).toBe(400);
        expect(body.message).toContain(
          `Lease in version "v1" cannot be handled as a Lease: parsing time "${time}" as "2006-01-02T15:04:05.000000Z07:00": cannot parse`,
        );
      },
    );

    test("must last longer than nothing", async () => {
      const { status, body } = await wire.call(
        "POST",
        wire.path(LEASES),
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
      const free = (await wire.call("POST", wire.path(LEASES), lease(name, { holderIdentity: "" }))).body;
      const take = (holder: string): Body => ({ ...free, spec: { ...free.spec, holderIdentity: holder } });
      const answers = await Promise.all(
        ["a", "b", "c"].map((holder) => wire.call("PUT", wire.path(LEASES, name), take(holder))),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    });
  });
}
