import { describe, expect, it } from "@jest/globals";
import {
  entombed,
  intended,
  mayBeLate,
  putBack,
  remains,
  standingTombstones,
  withdrawn,
} from "../../src/domain/record-transitions.ts";
import { ago, claimOf, mark, NOW, record } from "./builders.ts";

const leak = mark();
const claim = claimOf();
const marked = record({ leak, claim });
const UNTIL = ago(-2100);
const intent = intended(marked, "run-1", "eni-a", ago(0), UNTIL);
const never = () => false;
const tomb = (interfaceID: string, seconds: number) => ({ interfaceID, until: ago(seconds) });

describe("a VpcIP on its way out", () => {
  it("keeps mark, claim and place beside the intent: an intent proves nothing", () => {
    expect(intent.spec).toEqual({
      ...marked.spec,
      release: { run: "run-1", interfaceID: "eni-a", time: ago(0) },
    });
    expect(intent.metadata).toEqual(marked.metadata);
  });

  it("H25 binds the interface of an intent that it takes the place of: that one's request may be late", () => {
    const next = intended(intent, "run-2", "eni-b", ago(0), UNTIL);
    expect(next.spec.release).toEqual({ run: "run-2", interfaceID: "eni-b", time: ago(0) });
    expect(next.spec.tombstones).toEqual([tomb("eni-a", -2100)]);
    expect(
      intended(next, "run-3", "eni-a", ago(0), UNTIL).spec.tombstones?.map((one) => one.interfaceID),
    ).toEqual(["eni-a", "eni-b"]);
  });

  it("binds nothing where it takes the place of an intent on the same interface: that is told by the run", () => {
    expect(intended(intent, "run-2", "eni-a", ago(0), UNTIL).spec.tombstones).toBeUndefined();
  });

  it("is as before where the intent is taken back", () => {
    expect(withdrawn(intent)).toEqual(marked);
  });

  it("H21 stays as a tombstone of address and interface where the answer is unclear; nobody is served by it", () => {
    const { claim: _gone, ...spec } = intent.spec;
    expect(entombed(intent, "eni-a", ago(-2100)).spec).toEqual({
      ...spec,
      tombstones: [tomb("eni-a", -2100)],
    });
  });

  it("carries the bindings of other interfaces along, and lengthens its own", () => {
    const before = record({ tombstones: [tomb("eni-b", -10), tomb("eni-a", -10)] });
    expect(entombed(before, "eni-a", ago(-99)).spec.tombstones).toEqual([
      tomb("eni-b", -10),
      tomb("eni-a", -99),
    ]);
  });

  it("leaves nothing once its address is gone and each tombstone may end", () => {
    expect(remains(intent, never)).toBeUndefined();
    expect(remains(record({ leak, tombstones: [tomb("eni-a", 0)] }), () => true)).toBeUndefined();
  });

  it("leaves the tombstones that may not end, and neither claim, mark nor intent", () => {
    const left = remains(
      { ...intent, spec: { ...intent.spec, tombstones: [tomb("eni-a", 1), tomb("eni-b", 1)] } },
      ({ interfaceID }) => interfaceID === "eni-b",
    );
    const { leak: _leak, claim: _claim, ...place } = marked.spec;
    expect(left?.spec).toEqual({ ...place, tombstones: [tomb("eni-a", 1)] });
  });

  it("counts a tombstone as standing until its very end", () => {
    expect(standingTombstones([tomb("eni-a", -0.001), tomb("eni-b", 0)], NOW)).toEqual([
      tomb("eni-a", -0.001),
    ]);
  });
});

describe("an earlier request that may be late", () => {
  it("is feared of another run's intent, and of a tombstone", () => {
    expect(mayBeLate(intent, "run-2")).toBe(true);
    expect(mayBeLate(record({ tombstones: [tomb("eni-a", 1)] }), "run-1")).toBe(true);
  });

  it("is not feared of one's own intent, or of a mark alone", () => {
    expect(mayBeLate(intent, "run-1")).toBe(false);
    expect(mayBeLate(marked, "run-1")).toBe(false);
  });
});

describe("a claim put back", () => {
  it("H78 keeps its own claim, without mark and intent", () => {
    const { leak: _leak, ...claimed } = marked.spec;
    expect(putBack(intent, claimOf({ podUID: "pod-9" })).spec).toEqual(claimed);
  });

  it("takes the sandbox's claim where it had none, and keeps tombstones", () => {
    const bare = record({ leak, tombstones: [tomb("eni-b", -1)] });
    expect(putBack(bare, claim).spec).toEqual({ ...record().spec, claim, tombstones: [tomb("eni-b", -1)] });
  });

  it("H13 keeps the mark where nobody can be named, so that the record says something still", () => {
    const unclaimed = intended(record({ leak }), "run-1", "eni-a", ago(0), UNTIL);
    expect(putBack(unclaimed, undefined).spec).toEqual(record({ leak }).spec);
  });
});
