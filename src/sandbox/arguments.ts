import { parseArgs } from "node:util";
import { nearest } from "../cli/nearest.ts";

/** What a command line of `npm start` asks for. */
export type Asked =
  | {
      readonly do: "run";
      readonly scenario: string;
      readonly seed: number;
      readonly output: Output;
      readonly colour: boolean;
      /** On real peers, see docs/peers.md. */
      readonly peers: boolean;
    }
  | { readonly do: "list"; readonly output: Output; readonly colour: boolean }
  | { readonly do: "help" }
  /** One sentence that says what is wrong. */
  | { readonly do: "refuse"; readonly why: string };

const OUTPUTS = ["text", "json"] as const;
export type Output = (typeof OUTPUTS)[number];

const OPTIONS = {
  scenario: { type: "string" },
  seed: { type: "string" },
  peers: { type: "boolean" },
  list: { type: "boolean" },
  output: { type: "string", short: "o" },
  "no-color": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;
type Name = keyof typeof OPTIONS;
const NAMES = Object.keys(OPTIONS) as Name[];

const LARGEST_SEED = 2 ** 32 - 1;
const SEE = "see npm start -- --help";

/** @param scenarios names of all scenarios, the default first */
export function askedBy(argv: readonly string[], scenarios: readonly string[]): Asked {
  const given = new Map<Name, string>();
  const { tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    allowNegative: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") return refuse(strayWord(token.value, scenarios));
    const { rawName, value } = token;
    const name = NAMES.find((known) => known === token.name);
    if (name === undefined) return refuse(unknownOption(rawName));
    if (given.has(name)) return refuse(`--${name} is given twice`);
    if (OPTIONS[name].type === "boolean") {
      if (value !== undefined) return refuse(`--${name} takes no value`);
    } else if (value === undefined || value === "" || (!token.inlineValue && value.startsWith("-"))) {
      return refuse(`${rawName} needs a value, as in ${EXAMPLE[name]}`);
    }
    given.set(name, value ?? "");
  }
  if (given.has("help")) return { do: "help" };
  const colour = !given.has("no-color");
  const output = OUTPUTS.find((known) => known === (given.get("output") ?? "text"));
  if (output === undefined)
    return refuse(`--output is "${given.get("output")}", but must be ${OUTPUTS.join(" or ")}`);
  if (given.has("list")) return { do: "list", output, colour };
  const scenario = given.get("scenario") ?? scenarios[0] ?? "";
  if (!scenarios.includes(scenario)) return refuse(unknownScenario(scenario, scenarios));
  const seed = given.get("seed") ?? "1";
  if (!/^[0-9]{1,10}$/.test(seed) || Number(seed) > LARGEST_SEED)
    return refuse(`--seed is "${seed}", but must be a whole number from 0 to ${LARGEST_SEED}`);
  return { do: "run", scenario, seed: Number(seed), output, colour, peers: given.has("peers") };
}

const EXAMPLE: Readonly<Record<Name, string>> = {
  scenario: "--scenario NAME (--list tells the names)",
  seed: "--seed 7",
  peers: "--peers",
  output: "-o json",
  list: "--list",
  "no-color": "--no-color",
  help: "--help",
};

function refuse(why: string): Asked {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what was typed must not steer the terminal
  return { do: "refuse", why: `${why.replace(/[\u0000-\u001f\u007f-\u009f]+/g, "?")}; ${SEE}` };
}

function unknownOption(raw: string): string {
  const near = nearest(raw.replace(/^-+/, ""), NAMES);
  return `unknown option ${raw}${near === undefined ? "" : ` (did you mean --${near}?)`}`;
}

function unknownScenario(name: string, scenarios: readonly string[]): string {
  const near = nearest(name, scenarios);
  const hint = near === undefined ? `there are ${scenarios.join(", ")}` : `did you mean ${near}?`;
  return `there is no scenario "${name}" (${hint})`;
}

/** npm keeps options for itself unless `--` comes first: then only their values arrive here. */
function strayWord(word: string, scenarios: readonly string[]): string {
  const meant = scenarios.includes(word) ? word : "NAME";
  return `"${word}" has no option before it: with npm, -- comes first, as in npm start -- --scenario ${meant}`;
}
