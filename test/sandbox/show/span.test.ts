import { expect, test } from "@jest/globals";
import { shortSpan, span } from "../../../src/sandbox/show/span.ts";

test.each([
  [0, "0s"],
  [45, "45s"],
  [60, "1m"],
  [1860, "31m"],
  [1919, "31m"],
  [3600, "1h"],
  [3960, "1h 6m"],
  [7199, "1h 59m"],
  [86_400, "1d"],
  [86_400 * 3 + 3600 * 4 + 59, "3d 4h"],
])("%i seconds are %s", (seconds, words) => {
  expect(span(seconds)).toBe(words);
});

test.each([
  [0, "0 ms"],
  [79, "79 ms"],
  [5402, "5.4 s"],
  [61_000, "1m"],
])("%i milliseconds are %s", (milliseconds, words) => {
  expect(shortSpan(milliseconds)).toBe(words);
});
