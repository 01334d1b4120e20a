import { describe, expect, test } from "@jest/globals";
import { askedBy } from "../../../src/sandbox/arguments.ts";

const SCENARIOS = ["daily", "breaker", "large"];
const asked = (...argv: string[]) => askedBy(argv, SCENARIOS);
const RUN = { do: "run", scenario: "daily", seed: 1, output: "text", colour: true, peers: false };

describe("the options of npm start", () => {
  test.each([
    [[], RUN],
    [["--scenario", "large"], { ...RUN, scenario: "large" }],
    [["--scenario=large"], { ...RUN, scenario: "large" }],
    [["--seed", "0"], { ...RUN, seed: 0 }],
    [["--seed=4294967295"], { ...RUN, seed: 4294967295 }],
    [["-o", "json"], { ...RUN, output: "json" }],
    [["-ojson"], { ...RUN, output: "json" }],
    [["--output=text"], RUN],
    [["--peers"], { ...RUN, peers: true }],
    [["--no-color"], { ...RUN, colour: false }],
    [["--list"], { do: "list", output: "text", colour: true }],
    [["--list", "-o", "json"], { do: "list", output: "json", colour: true }],
    [["--help"], { do: "help" }],
    [["-h", "--list"], { do: "help" }],
    [["--"], RUN],
  ])("%j", (argv, expected) => {
    expect(asked(...argv)).toEqual(expected);
  });

  test.each([
    [["--scenari", "large"], "unknown option --scenari (did you mean --scenario?)"],
    [["--no-colour"], "unknown option --no-colour (did you mean --no-color?)"],
    [["--frobnicate"], "unknown option --frobnicate"],
    [["-x"], "unknown option -x"],
    [["--scenario"], "--scenario needs a value, as in --scenario NAME (--list tells the names)"],
    [["--scenario", "--list"], "--scenario needs a value, as in --scenario NAME (--list tells the names)"],
    [["--scenario="], "--scenario needs a value, as in --scenario NAME (--list tells the names)"],
    [["--scenario", "larg"], 'there is no scenario "larg" (did you mean large?)'],
    [["--scenario", "zzz"], 'there is no scenario "zzz" (there are daily, breaker, large)'],
    [["--seed", "x"], '--seed is "x", but must be a whole number from 0 to 4294967295'],
    [["--seed", "1.5"], '--seed is "1.5", but must be a whole number from 0 to 4294967295'],
    [["--seed=-1"], '--seed is "-1", but must be a whole number from 0 to 4294967295'],
    [["--seed", "4294967296"], '--seed is "4294967296", but must be a whole number from 0 to 4294967295'],
    [["--seed", "1", "--seed", "2"], "--seed is given twice"],
    [["-o", "yaml"], '--output is "yaml", but must be text or json'],
    [["-o"], "-o needs a value, as in -o json"],
    [["--list=yes"], "--list takes no value"],
    [
      ["large"],
      '"large" has no option before it: with npm, -- comes first, as in npm start -- --scenario large',
    ],
    [
      ["json"],
      '"json" has no option before it: with npm, -- comes first, as in npm start -- --scenario NAME',
    ],
    [["--scenario", "a\u001b[31m\nb"], 'there is no scenario "a?[31m?b" (there are daily, breaker, large)'],
  ])("%j is refused in one sentence", (argv, why) => {
    expect(asked(...argv)).toEqual({ do: "refuse", why: `${why}; see npm start -- --help` });
  });
});
