import { expect, test } from "@jest/globals";
import { steadied } from "../../functions/wiring/machine.ts";

test("H67 own time goes by whichever clock has moved on further, and never back", () => {
  let wall = 1_000_000;
  let steady = 5;
  const now = steadied(
    () => wall,
    () => steady,
  );
  expect(now()).toBe(1_000_000);
  wall += 60_000;
  expect(now()).toBe(1_060_000);
  wall -= 30_000;
  steady += 10_000;
  expect(now()).toBe(1_070_000);
  wall -= 1_000_000;
  expect(now()).toBe(1_070_000);
  steady += 1;
  expect(now()).toBe(1_070_001);
});
