import { expect, test } from "@jest/globals";
import { parseLease } from "../../../src/adapters/kubernetes/parse.ts";
import { readOnce } from "../../../src/adapters/kubernetes/read-once.ts";

test("reads a frozen object once, and gives the same frozen answer again", () => {
  let reads = 0;
  const read = readOnce((raw: { readonly name: string }) => ({ name: raw.name, nth: ++reads, parts: [{}] }));
  const raw = Object.freeze({ name: "a" });
  const first = read(raw);
  expect(read(raw)).toBe(first);
  expect(first.nth).toBe(1);
  expect(Object.isFrozen(first) && Object.isFrozen(first.parts) && Object.isFrozen(first.parts[0])).toBe(
    true,
  );
});

test("keeps reading what can change: it is read as it is now", () => {
  const read = readOnce((raw: { name: string }) => raw.name);
  const raw = { name: "a" };
  expect(read(raw)).toBe("a");
  raw.name = "b";
  expect(read(raw)).toBe("b");
});

test("keeps no answer where the reading failed", () => {
  let fails = true;
  const read = readOnce((raw: object) => {
    if (fails) throw new Error("not now");
    return raw;
  });
  const raw = Object.freeze({});
  expect(() => read(raw)).toThrow("not now");
  fails = false;
  expect(read(raw)).toBe(raw);
});

test("keeps readings of one object by two kinds apart", () => {
  const metadata = Object.freeze({ name: "a", uid: "u", resourceVersion: "1" });
  const raw = Object.freeze({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec: {} });
  const other = readOnce(() => "other");
  expect(parseLease(raw).readable).toBe(true);
  expect(other(raw)).toBe("other");
});
