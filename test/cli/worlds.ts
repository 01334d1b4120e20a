import { run } from "../../src/cli/program.ts";
import type { World } from "../../src/cli/world.ts";

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const NOW = Date.parse("2026-03-01T12:00:00Z");

/** Runs a command line in this process on files that exist only here. */
export async function cnictl(
  argv: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>> = {},
  standardInput: string | Uint8Array = "",
  columns?: number,
): Promise<Answer> {
  const out: string[] = [];
  const err: string[] = [];
  const world: World = {
    async readFile(path) {
      const content = files[path];
      if (content === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return bytes(content);
    },
    readStandardInput: async () => bytes(standardInput),
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    now: () => NOW,
    columns,
    colour: false,
    version: "1.2.3",
  };
  const code = await run(argv, world);
  return { code, out: out.join(""), err: err.join("") };
}

function bytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** `plan` on dumps, each a value that is written as JSON; answers the JSON document. */
export async function plan(dumps: Readonly<Record<string, unknown>>, more: readonly string[] = []) {
  const answer = await answerOf("plan", dumps, more);
  if (answer.err !== "") throw new Error(answer.err);
  return { code: answer.code, document: JSON.parse(answer.out) };
}

/** A command on dumps, its answer as JSON. */
export function answerOf(
  command: string,
  dumps: Readonly<Record<string, unknown>>,
  more: readonly string[] = [],
): Promise<Answer> {
  return onDumps([command, ...more, "-o", "json"], dumps);
}

/** What a command on dumps prints, `plan` unless another is named. */
export async function told(
  dumps: Readonly<Record<string, unknown>>,
  command: readonly string[] = ["plan"],
  columns?: number,
): Promise<string> {
  return (await onDumps(command, dumps, columns)).out;
}

function onDumps(
  command: readonly string[],
  dumps: Readonly<Record<string, unknown>>,
  columns?: number,
): Promise<Answer> {
  const files = Object.fromEntries(
    Object.entries(dumps).map(([flag, dump]) => [`${flag}.json`, JSON.stringify(dump)]),
  );
  const flags = Object.keys(dumps).flatMap((flag) => [`--${flag}`, `${flag}.json`]);
  return cnictl([...command, ...flags], files, "", columns);
}
