import type { Command } from "./command.ts";
import { COMMANDS } from "./commands/index.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { nearest } from "./nearest.ts";
import { parseArguments } from "./parse.ts";
import { EXIT, type ExitCode, Problem, type World } from "./world.ts";

/** Runs one command line. A {@link Problem} becomes one sentence on standard error and exit 2; any other error one and exit 4. */
export async function run(
  argv: readonly string[],
  world: World,
  commands: readonly Command[] = COMMANDS,
): Promise<ExitCode> {
  try {
    return await dispatch(argv, world, commands);
  } catch (error) {
    if (error instanceof Problem) {
      world.err(`cnictl: ${oneLine(error.message)}\n`);
      return EXIT.usage;
    }
    world.err(failure(error));
    return EXIT.failed;
  }
}

/** One sentence for what nobody expected. Never exit 1, which is an answer. */
export function failure(error: unknown): string {
  const told = error instanceof Error ? error.message || error.name : String(error);
  return `cnictl: it failed unexpectedly, and what it printed may be cut off: ${oneLine(told).slice(0, 400)}\n`;
}

async function dispatch(
  argv: readonly string[],
  world: World,
  commands: readonly Command[],
): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === "--version" || first === "-V" || first === "version")
    return say(world, `cnictl ${world.version}\n`);
  if (first === "--help" || first === "-h") return say(world, generalHelp(commands));
  if (first === "help" && rest.length === 0) return say(world, generalHelp(commands));
  if (first === "help") return say(world, commandHelp(find(rest[0] as string, commands)));
  if (first === undefined)
    throw new Problem(`no command is given; one of ${names(commands)} is needed, see \`cnictl --help\``);
  if (first.startsWith("-"))
    throw new Problem(
      `unknown flag ${first}; a command (${names(commands)}) comes first, see \`cnictl --help\``,
    );
  const command = find(first, commands);
  if (asksForHelp(rest)) return say(world, commandHelp(command));
  return command.run(parseArguments(command, rest), world);
}

function find(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const near = nearest(
    name,
    commands.map((candidate) => candidate.name),
  );
  const hint = near === undefined ? `; there are ${names(commands)}` : `; did you mean ${near}?`;
  throw new Problem(`unknown command "${name}"${hint} (see \`cnictl --help\`)`);
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === "--help" || word === "-h");
}

function names(commands: readonly Command[]): string {
  return commands.map(({ name }) => name).join(", ");
}

function say(world: World, text: string): ExitCode {
  world.out(text);
  return EXIT.fine;
}

/** Quotes of broken input may hold anything: one sentence stays one line, without control characters. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
}
