import { beforeEach, expect, test } from "@jest/globals";
import type { Address } from "../../../src/domain/address.ts";
import type { KubeObject } from "../../../src/sandbox/kubernetes/index.ts";
import { UnderWay } from "../../../src/sandbox/simulate/under-way.ts";

const MINUTE = 60_000;
let now = 0;
let underWay: UnderWay;
let arrive = (): void => undefined;
beforeEach(() => {
  now = 0;
  underWay = new UnderWay(() => now);
  const arrives = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  underWay.left("eni-1", ["10.0.0.5" as Address], arrives);
});

const record = (spec: object, name = "10.0.0.5"): KubeObject =>
  ({ apiVersion: "vpcip.dev/v1alpha1", kind: "VpcIP", metadata: { name }, spec }) as unknown as KubeObject;
const bound = record({ tombstones: [{ interfaceID: "eni-1", until: "" }] });

test("a record may not go, nor say nothing, while a request for its address is under way", () => {
  expect(underWay.changed(bound, true)).toContain("is gone");
  expect(underWay.changed(record({ claim: {} }), false)).toContain("says nothing");
  expect(underWay.changed(record({ tombstones: [{ interfaceID: "eni-2", until: "" }] }), false)).toContain(
    "says nothing",
  );
});

test("a record that tells of the request keeps the promise, and others are not asked", () => {
  expect(underWay.changed(bound, false)).toBeUndefined();
  expect(underWay.changed(record({ release: { interfaceID: "eni-1" } }), false)).toBeUndefined();
  expect(underWay.changed(record({}, "10.0.0.6"), true)).toBeUndefined();
});

test("a record may go when the request has arrived, when EC2 would refuse it, or when nobody can know", async () => {
  now = 14 * MINUTE + 1;
  expect(underWay.changed(bound, true)).toBeUndefined();
  now = 0;
  arrive();
  await Promise.resolve();
  expect(underWay.changed(bound, true)).toBeUndefined();
  underWay.left("eni-1", ["10.0.0.5" as Address], new Promise(() => undefined));
  underWay.forget("10.0.0.6");
  expect(underWay.changed(bound, true)).toBeDefined();
  underWay.forget("10.0.0.5");
  expect(underWay.changed(bound, true)).toBeUndefined();
});
