import { expect, test } from "@jest/globals";
import { layoutFor } from "../../../src/sandbox/show/terminal.ts";

const TERMINAL = { isTTY: true, columns: 120 };

test.each([
  ["a terminal", TERMINAL, {}, true, true],
  ["a terminal, and --no-color", TERMINAL, {}, false, false],
  ["a terminal with NO_COLOR", TERMINAL, { NO_COLOR: "1" }, true, false],
  ["a terminal with an empty NO_COLOR", TERMINAL, { NO_COLOR: "" }, true, true],
  ["a dumb terminal", TERMINAL, { TERM: "dumb" }, true, false],
  ["a pipe", {}, {}, true, false],
  ["a pipe with FORCE_COLOR", {}, { FORCE_COLOR: "1" }, true, true],
  ["a pipe with FORCE_COLOR, and --no-color", {}, { FORCE_COLOR: "1" }, false, false],
  ["a terminal with FORCE_COLOR=0", TERMINAL, { FORCE_COLOR: "0" }, true, false],
  ["FORCE_COLOR beside NO_COLOR", TERMINAL, { FORCE_COLOR: "1", NO_COLOR: "1" }, true, true],
])("colours on %s", (_, stream, environment, wanted, colour) => {
  expect(layoutFor(stream, environment, wanted).colour).toBe(colour);
});

test.each([
  ["a terminal", TERMINAL, 120],
  ["a pipe", {}, 100],
  ["a terminal that does not tell", { isTTY: true, columns: 0 }, 100],
  ["a terminal of a few columns", { isTTY: true, columns: 20 }, 60],
])("the width of %s", (_, stream, width) => {
  expect(layoutFor(stream, {}, true).width).toBe(width);
});
