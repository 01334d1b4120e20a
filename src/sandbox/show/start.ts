import { type Asked, askedBy } from "../arguments.ts";
import type { Progress, Run } from "../engine/report.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { HELP_TEXT } from "./help-text.ts";
import type { Layout } from "./layout.ts";
import { listText } from "./list-text.ts";
import type { ProgressLine } from "./progress.ts";
import { runText } from "./run-text.ts";

export const EXIT = { fine: 0, failed: 1, usage: 2, wrong: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What `npm start` needs from the process. */
export interface Surroundings {
  readonly scenarios: readonly Scenario[];
  run(scenario: Scenario, seed: number, progress: Progress, onPeers: boolean): Promise<Run>;
  out(text: string): void;
  err(text: string): void;
  layout(wantsColour: boolean): Layout;
  readonly progress: ProgressLine;
}

/** Answers one command line. Nothing but the answer goes to standard output. */
export async function start(argv: readonly string[], around: Surroundings): Promise<ExitCode> {
  const asked = askedBy(
    argv,
    around.scenarios.map(({ name }) => name),
  );
  switch (asked.do) {
    case "refuse":
      around.err(`npm start: ${asked.why}\n`);
      return EXIT.usage;
    case "help":
      around.out(HELP_TEXT);
      return EXIT.fine;
    case "list":
      return list(asked, around);
    case "run":
      return show(asked, around);
  }
}

function list(
  { output, colour }: Asked & { do: "list" },
  { scenarios, out, layout }: Surroundings,
): ExitCode {
  const named = scenarios.map(({ name, description }) => ({ name, description }));
  out(output === "json" ? document(named) : lines(listText(named, layout(colour))));
  return EXIT.fine;
}

async function show(asked: Asked & { do: "run" }, around: Surroundings): Promise<ExitCode> {
  const scenario = around.scenarios.find(({ name }) => name === asked.scenario);
  if (scenario === undefined) throw new Error(`there is no scenario ${asked.scenario}`);
  if (asked.peers && scenario.simulatedOnly !== undefined) {
    around.err(`npm start: ${scenario.name} can't be played on real peers: it ${scenario.simulatedOnly}\n`);
    return EXIT.usage;
  }
  const run = await around
    .run(scenario, asked.seed, around.progress.tell, asked.peers)
    .finally(() => around.progress.clear());
  const { report } = run;
  around.out(
    asked.output === "json" ? document(report) : lines(runText(run, scenario, around.layout(asked.colour))),
  );
  return report.wronglyReleased.length + report.stillLeaked.length === 0 ? EXIT.fine : EXIT.wrong;
}

const document = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
const lines = (text: readonly string[]): string => `${text.join("\n")}\n`;
