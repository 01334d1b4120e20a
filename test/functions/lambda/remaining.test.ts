import { expect, test } from "@jest/globals";
import { hasTime } from "../../../functions/lambda/remaining.ts";

test("one more sweep is begun only where it can be over before the function is", () => {
  const left = (milliseconds: number) => ({ getRemainingTimeInMillis: () => milliseconds });
  expect(hasTime(left(1000) as never, 1000)).toBe(true);
  expect(hasTime(left(999) as never, 1000)).toBe(false);
  expect(hasTime({} as never, 1000)).toBe(true);
});
