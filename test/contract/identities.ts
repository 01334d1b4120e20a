import { describe, expect, test } from "@jest/globals";
import type { Identities } from "../../src/ports/clock.ts";

/** What all {@link Identities} do. */
export function describeIdentities(name: string, make: () => Identities): void {
  describe(`Identities by ${name}`, () => {
    test("are never the same", () => {
      const identities = make();
      const given = Array.from({ length: 1_000 }, () => identities.unique());
      expect(new Set(given).size).toBe(1_000);
    });

    test("are texts that can be part of a name and of a user agent", () => {
      expect(make().unique()).toMatch(/^[a-z0-9-]{16,64}$/);
    });
  });
}
