import type { Command, Flag, Given } from "./command.ts";
import { nearest } from "./nearest.ts";
import { Problem } from "./world.ts";

/** Reads a command's own arguments. Everything that is not known, missing or given too often is a {@link Problem}. */
export function parseArguments(command: Command, argv: readonly string[]): Given {
  const positionals: string[] = [];
  const flags = new Map<string, string[]>();
  const see = `; see \`cnictl ${command.name} --help\``;
  let onlyPositionals = false;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] as string;
    if (onlyPositionals || word === "-" || !word.startsWith("-")) {
      positionals.push(word);
    } else if (word === "--") {
      onlyPositionals = true;
    } else {
      const { flag, inline } = findFlag(command, word, see);
      const value = flag.value === undefined ? noValue(flag, inline, see) : (inline ?? argv[++index]);
      if (value === undefined) throw new Problem(`--${flag.name} needs a value: ${flag.value}${see}`);
      if (inline === undefined && flag.value !== undefined && value.startsWith("--"))
        throw new Problem(`--${flag.name} needs a value (${flag.value}), and ${value} follows instead${see}`);
      give(flags, flag, value, see);
    }
  }
  checkPositionals(command, positionals, see);
  for (const flag of command.flags) {
    if (flags.has(flag.name)) continue;
    if (flag.required === true) throw new Problem(`--${flag.name} is missing: ${flag.description}${see}`);
    if (flag.fallback !== undefined) flags.set(flag.name, [flag.fallback]);
  }
  return { positionals, flags };
}

function findFlag(command: Command, word: string, see: string): { flag: Flag; inline: string | undefined } {
  const long = /^--([^=]+)(?:=(.*))?$/s.exec(word);
  if (long !== null) {
    const flag = command.flags.find(({ name }) => name === long[1]);
    if (flag !== undefined) return { flag, inline: long[2] };
    const near = nearest(
      long[1] as string,
      command.flags.map(({ name }) => name),
    );
    const hint = near === undefined ? "" : ` (did you mean --${near}?)`;
    throw new Problem(`unknown flag --${long[1]} of \`cnictl ${command.name}\`${hint}${see}`);
  }
  const flag = command.flags.find(({ short }) => short === word[1]);
  if (flag === undefined) throw new Problem(`unknown flag ${word} of \`cnictl ${command.name}\`${see}`);
  const rest = word.slice(2).replace(/^=/, "");
  return { flag, inline: rest === "" ? undefined : rest };
}

function noValue(flag: Flag, inline: string | undefined, see: string): string {
  if (inline !== undefined) throw new Problem(`--${flag.name} takes no value${see}`);
  return "true";
}

function give(flags: Map<string, string[]>, flag: Flag, value: string, see: string): void {
  if (flag.oneOf !== undefined && !flag.oneOf.includes(value))
    throw new Problem(`--${flag.name} is "${value}", but must be one of ${flag.oneOf.join(", ")}${see}`);
  if (value === "") throw new Problem(`--${flag.name} is given an empty value${see}`);
  const before = flags.get(flag.name);
  if (before !== undefined && flag.repeatable !== true)
    throw new Problem(`--${flag.name} is given twice${see}`);
  flags.set(flag.name, [...(before ?? []), value]);
}

function checkPositionals(command: Command, given: readonly string[], see: string): void {
  const missing = command.positionals[given.length];
  if (missing !== undefined) throw new Problem(`${missing.name} is missing: ${missing.description}${see}`);
  const extra = given[command.positionals.length];
  if (extra !== undefined)
    throw new Problem(
      `"${extra}" is one argument too many (each file needs a flag of its own before it)${see}`,
    );
}
