import type { Command, Flag } from "./command.ts";

const WIDTH = 100;

export function generalHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "cnictl: what a cluster's interfaces and addresses are used for, and what eni-reclaimer would do about it",
    "",
    "Usage: cnictl COMMAND [flags]",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "Flags:",
    "  -h, --help     this text; with a command, that command's",
    "      --version  the version",
    "",
    "`cnictl COMMAND --help` tells more of each.",
    "",
  ].join("\n");
}

export function commandHelp(command: Command): string {
  const words = command.positionals.map(({ name }) => ` ${name}`).join("");
  const rows = [...command.flags, HELP].map((flag) => [label(flag), describe(flag)] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    `cnictl ${command.name}: ${command.summary}`,
    "",
    `Usage: cnictl ${command.name}${words} [flags]`,
    "",
    ...command.positionals.map(({ name, description }) => `  ${name}  ${description}\n`),
    "Flags:",
    ...rows.flatMap(([left, right]) => hang(`  ${left.padEnd(width)}  `, right)),
    "",
    ...command.notes.flatMap((note) => [...hang("", note), ""]),
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}

const HELP: Flag = { name: "help", short: "h", description: "this text" };

function label(flag: Flag): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  return `${short}--${flag.name}${flag.value === undefined ? "" : ` ${flag.value}`}`;
}

function describe(flag: Flag): string {
  const choices = flag.oneOf === undefined ? "" : `: ${flag.oneOf.join(", ")}`;
  const more = [
    ...(flag.required === true ? ["required"] : []),
    ...(flag.repeatable === true ? ["may be given several times"] : []),
    ...(flag.fallback === undefined ? [] : [`default ${flag.fallback}`]),
  ];
  return `${flag.description}${choices}${more.length === 0 ? "" : ` (${more.join(", ")})`}`;
}

/** Wraps a text behind a first column. */
function hang(head: string, text: string): readonly string[] {
  const lines: string[] = [];
  let line = head;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = " ".repeat(head.length);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
