/** Figures that the pages tell are those of the code. Each is written here as the page says it. */
import { describe, expect, test } from "@jest/globals";
import { GREATEST_SKEW_MILLISECONDS } from "../../src/adapters/ec2/server-time.ts";
import { DEFAULT_AGENT_SETTINGS } from "../../src/agent/settings.ts";
import { DEFAULT_SETTINGS } from "../../src/reclaimer/settings.ts";
import { askedBy } from "../../src/sandbox/simulate/asked.ts";
import { STEPS } from "../../src/sandbox/simulate/steps/index.ts";
import { read } from "./pages.ts";

const WORDS = ["no", "one", "two", "three", "four", "five"];
const minutes = (seconds: number): number => seconds / 60;
const { markAgeSeconds, notFoundSeconds, tombstoneSeconds, leaseSeconds, maximumAttempts } = DEFAULT_SETTINGS;
const tombstone = minutes(tombstoneSeconds);
/** How long a reclaimer renews: test/reclaimer/node-lease/longest-hold.test.ts holds the code to it. */
const LONGEST_HOLD_MINUTES = 10;
const lengths = new Set(
  Object.entries(STEPS).flatMap(([kind, { length }]) => (kind.startsWith("storm-") ? [length] : [])),
);

const told: readonly (readonly [page: string, sentence: string])[] = [
  ["docs/protocol.md", `Tombstone --> [*]: ${tombstone} min later`],
  ["docs/protocol.md", `that is what its ${tombstone} minutes are for`],
  ["docs/protocol.md", `${tombstone} minutes: signatures count`],
  ["docs/protocol.md", `the age of a mark: ${minutes(markAgeSeconds)} minutes`],
  ["docs/protocol.md", `at two looks ${minutes(notFoundSeconds)} minutes apart`],
  ["docs/protocol.md", `for ${LONGEST_HOLD_MINUTES} minutes at most, and ends within one term more`],
  ["docs/protocol.md", `${LONGEST_HOLD_MINUTES + minutes(leaseSeconds)} minutes, as it is set by default`],
  ["docs/protocol.md", `more than ${GREATEST_SKEW_MILLISECONDS / 1000} s from EC2's releases nothing`],
  ["docs/protocol.md", `is asked ${WORDS[maximumAttempts]} times`],
  ["README.md", `nothing else for ${minutes(markAgeSeconds)} minutes of the API server's time`],
  ["docs/operations.md", `didn't hand over at ${WORDS[maximumAttempts]} requests`],
  [
    "docs/operations.md",
    `(${DEFAULT_AGENT_SETTINGS.leaseSeconds} s between agents of two machines of one name)`,
  ],
  ["docs/simulation.md", `as many calls as ${[...lengths]} others, counts for ${[...lengths]} of them`],
  ["docs/simulation.md", `seeds of ${askedBy([])?.steps} steps`],
];

describe("a page and the code say the same", () => {
  test.each(told)("%s: %s", (page, sentence) => {
    // The page itself is no part of what is told where this fails: it is long.
    expect(read(page).replaceAll(/\s+/g, " ").includes(sentence)).toBe(true);
  });

  test("a tombstone of an allocator stands as long as one of the reclaimer", () => {
    expect(DEFAULT_AGENT_SETTINGS.tombstoneSeconds).toBe(tombstoneSeconds);
  });
});
