import { expect, test } from "@jest/globals";
import { shrink } from "../../../src/sandbox/simulate/shrink.ts";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test("what is needed is found, wherever it stands, and nothing else is left", async () => {
  const needed = [3, 77, 199];
  const fails = async (items: readonly number[]) => needed.every((item) => items.includes(item));
  expect(await shrink(upTo(200), fails, 1_000)).toEqual(needed);
});

test("it asks no more often than it may", async () => {
  let asked = 0;
  const fails = async (items: readonly number[]) => {
    asked++;
    return items.includes(5) && items.includes(50);
  };
  const shortest = await shrink(upTo(100), fails, 12);
  expect(asked).toBe(12);
  expect(shortest).toEqual(expect.arrayContaining([5, 50]));
  expect(shortest.length).toBeLessThan(100);
});

test("a list of which every item is needed stays", async () => {
  const all = upTo(9);
  expect(await shrink(all, async (items) => items.length === all.length, 100)).toEqual(all);
});
