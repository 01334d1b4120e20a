import { beforeEach, expect, test } from "@jest/globals";
import { Refusals } from "../../../src/sandbox/simulate/refusals.ts";

const STOPPED = "busy: the node's world is being stopped";
let refusals: Refusals;
beforeEach(() => {
  refusals = new Refusals();
});

test("a node that starts nothing for longer than a request stands is told", () => {
  expect(refusals.told("node-1", STOPPED, 0)).toBeUndefined();
  expect(refusals.told("node-1", STOPPED, 150_000)).toBeUndefined();
  expect(refusals.told("node-1", STOPPED, 150_001)).toContain("node-1 starts nothing since 150001 ms");
});

test("a new request, another node, an ADD that came through, or another reason begins anew", () => {
  refusals.told("node-1", STOPPED, 0);
  refusals.begins("node-1");
  expect(refusals.told("node-1", STOPPED, 200_000)).toBeUndefined();
  expect(refusals.told("node-2", STOPPED, 400_000)).toBeUndefined();
  refusals.told("node-1", undefined, 300_000);
  expect(refusals.told("node-1", STOPPED, 400_000)).toBeUndefined();
  expect(refusals.told("node-1", "no address is free", 900_000)).toBeUndefined();
});
