import { describe, expect, it } from "@jest/globals";
import { type Check, checks, expectsCounterExample } from "../../scripts/model/checks.ts";
import { eventsOf, verified } from "../../scripts/model/output.ts";
import { verdictOf } from "../../scripts/model/verdict.ts";

/** As pan 6.5.2 prints it. */
const COMPLETE = `
(Spin Version 6.5.2 -- 6 December 2019)
	+ Using Breadth-First Search

Full statespace search for:
	assertion violations	+

State-vector 124 byte, depth reached 160, errors: 0
  5053779 states, stored
	5.05378e+06 nominal states (stored-atomic)
  732.588	equivalent memory usage for states (stored*(State-vector + overhead))
  736.176	total actual memory usage
unreached in init
pan: elapsed time 91.6 seconds
pan: rate 55172.260 states/second
`;
const VIOLATED = `pan:1: assertion violated 0 (at depth 37)
pan: wrote protocol.pml.trail
Warning: Search not completed
State-vector 124 byte, depth reached 37, errors: 1
   306907 states, stored (703742 visited)
   42.974	total actual memory usage
pan: elapsed time 2.59 seconds
`;
const TOO_DEEP = COMPLETE.replace("pan: rate", "error: max search depth too small\npan: rate");
const REPLAY = `ltl released: [] (<> ...)
      allocator: acquires the lease
              refill: writes its intent
              refill: writes its intent
                  VIOLATED: a live sandbox uses it there
spin: protocol.pml:378, Error: assertion violated
spin: trail ends after 37 steps
`;

const proof: Check = { name: "n", kind: "safety", search: "exhaustive", macros: [] };
const removed: Check = { name: "n", kind: "rule removed", search: "shortest", macros: ["NO_BUMP"] };

describe("what the verifier prints", () => {
  it("is read into numbers", () => {
    expect(verified(COMPLETE)).toEqual({
      errors: 0,
      isComplete: true,
      states: 5_053_779,
      depth: 160,
      megabytes: 736.176,
      seconds: 91.6,
    });
    expect(verified(VIOLATED)).toMatchObject({ errors: 1, states: 306_907 });
  });

  it("is nothing where the verifier died before its summary", () => {
    expect(verified("pan: out of memory\n")).toBeUndefined();
  });

  it("is told as events, one line for the same two in a row", () => {
    expect(eventsOf(REPLAY)).toEqual([
      { text: "allocator: acquires the lease", times: 1 },
      { text: "refill: writes its intent", times: 2 },
      { text: "VIOLATED: a live sandbox uses it there", times: 1 },
    ]);
  });
});

describe("the verdict", () => {
  it("takes a complete search without errors for a proof", () => {
    expect(verdictOf(proof, verified(COMPLETE), [])).toEqual({ isGood: true, says: "holds" });
  });

  it("takes no search for a proof that was cut short, found an error or never ran", () => {
    for (const text of [TOO_DEEP, VIOLATED, ""]) {
      expect(verdictOf(proof, verified(text), []).isGood).toBe(false);
    }
  });

  it("calls a bitstate search what it is", () => {
    const bitstate: Check = { ...proof, search: "bitstate" };
    expect(verdictOf(bitstate, verified(COMPLETE), []).says).toBe("nothing found");
    expect(verdictOf(bitstate, verified(VIOLATED), []).isGood).toBe(false);
  });

  it("wants a counter-example that hurts somebody where a rule is taken away", () => {
    expect(verdictOf(removed, verified(VIOLATED), eventsOf(REPLAY)).isGood).toBe(true);
    expect(verdictOf(removed, verified(COMPLETE), []).isGood).toBe(false);
    const mistake = eventsOf("allocator: acquires the lease\nspin: Error: indexing out of bounds\n");
    expect(verdictOf(removed, verified(VIOLATED), mistake).isGood).toBe(false);
  });
});

describe("the checks", () => {
  it.each([true, false])(
    "take away each of the ten rules, and prove safety and progress (quick: %p)",
    (isQuick) => {
      const all = checks(isQuick);
      expect(all.filter(({ kind }) => kind === "rule removed")).toHaveLength(10);
      expect(all.filter(({ kind, search }) => kind === "safety" && search === "exhaustive")).toHaveLength(1);
      expect(all.filter(({ kind }) => kind === "progress").map(({ formula }) => formula)).toEqual([
        "released",
        "forgotten",
      ]);
      expect(all.filter(expectsCounterExample).every(({ search }) => search === "shortest")).toBe(true);
    },
  );
});
