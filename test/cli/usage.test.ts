import { describe, expect, test } from "@jest/globals";
import type { Command } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { run } from "../../src/cli/program.ts";
import type { World } from "../../src/cli/world.ts";
import { cnictl } from "./worlds.ts";

const FILES = ["--interfaces", "a", "--pods", "b"];

test.each([["--help"], ["-h"], ["help"]])("cnictl %s lists every command", async (word) => {
  const { code, out } = await cnictl([word]);
  expect(code).toBe(0);
  for (const { name, summary } of COMMANDS) expect(out).toContain(`${name.padEnd(7)}  ${summary}`);
});

test.each(COMMANDS.map(({ name }) => name))(
  "%s --help names every flag, the exit codes and an example",
  async (name) => {
    const { code, out } = await cnictl([name, "--pods", "x", "--help"]);
    expect(code).toBe(0);
    const command = COMMANDS.find((one) => one.name === name);
    for (const flag of command?.flags ?? []) expect(out).toContain(`--${flag.name}`);
    expect(out).toContain("Exit codes: 0 ");
    expect(out).toContain(`  cnictl ${name} `);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(105);
    expect(await cnictl(["help", name])).toEqual({ code, out, err: "" });
  },
);

test("--version tells the version", async () => {
  expect(await cnictl(["--version"])).toEqual({ code: 0, out: "cnictl 1.2.3\n", err: "" });
});

describe("wrong usage is one sentence and exit 2", () => {
  test.each<[string, string[], string]>([
    ["no command", [], "no command is given"],
    ["an unknown command", ["plam"], 'unknown command "plam"; did you mean plan?'],
    ["a very unknown command", ["release"], 'unknown command "release"; there are plan, explain'],
    [
      "a flag before the command",
      ["--interfaces", "a", "plan"],
      "unknown flag --interfaces; a command (plan, explain) comes first",
    ],
    ["an unknown flag", ["plan", ...FILES, "--dry-run"], "unknown flag --dry-run of `cnictl plan`"],
    [
      "a mistyped flag",
      ["plan", "--interface", "a"],
      "unknown flag --interface of `cnictl plan` (did you mean --interfaces?)",
    ],
    ["an unknown short flag", ["plan", "-x"], "unknown flag -x"],
    [
      "a missing flag",
      ["plan", "--interfaces", "a"],
      "--pods is missing: what `kubectl get pods -A -o json` printed",
    ],
    ["a flag without its value", ["plan", "--interfaces"], "--interfaces needs a value: FILE"],
    [
      "a flag in place of a value",
      ["plan", "--interfaces", "--pods", "b"],
      "--interfaces needs a value (FILE), and --pods follows instead",
    ],
    [
      "an unknown form",
      ["plan", ...FILES, "-o", "xml"],
      '--output is "xml", but must be one of table, wide, json, yaml',
    ],
    ["two forms", ["plan", ...FILES, "-o", "json", "-o", "yaml"], "--output is given twice"],
    ["an empty value", ["plan", "--interfaces="], "--interfaces is given an empty value"],
    [
      "a second file behind one flag",
      ["plan", "--interfaces", "a", "b", "--pods", "c"],
      '"b" is one argument too many (each file needs a flag of its own',
    ],
    ["no address", ["explain", ...FILES], "ADDRESS is missing"],
    ["two addresses", ["explain", "10.0.0.1", "10.0.0.2", ...FILES], '"10.0.0.2" is one argument too many'],
    [
      "a time that is none",
      ["plan", ...FILES, "--at", "yesterday"],
      '--at is "yesterday", which is no RFC 3339 time',
    ],
  ])("%s", async (_, argv, told) => {
    const { code, out, err } = await cnictl(argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^cnictl: [^\n]+\n$/);
    expect(err).toContain(told);
  });
});

test.each([["-o", "json"], ["-ojson"], ["-o=json"], ["--output", "json"], ["--output=json"]])(
  "%s %s is understood",
  async (...form) => {
    const files = { a: '{"NetworkInterfaces":[]}', b: '{"kind":"List","items":[]}' };
    const { code, out } = await cnictl(
      ["plan", ...FILES, ...form.filter(Boolean), "--at=2026-03-01T10:00:00+01:00"],
      files,
    );
    expect(code).toBe(0);
    expect(JSON.parse(out).at).toBe("2026-03-01T09:00:00.000Z");
  },
);

test("a failure that nobody expects is one sentence and exit 4: 1 would be an answer", async () => {
  const broken = {
    ...COMMANDS[0],
    run: () => Promise.reject(new TypeError("x is\nnot a function")),
  } as Command;
  const err: string[] = [];
  const world = { err: (text: string) => void err.push(text) } as unknown as World;
  expect(await run(["plan", "--interfaces", "e", "--pods", "p"], world, [broken])).toBe(4);
  expect(err).toEqual([expect.stringMatching(/^cnictl: it failed unexpectedly[^\n]+x is not a function\n$/)]);
});
