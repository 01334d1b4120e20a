import type { ExitCode, World } from "./world.ts";

/** A command as data: what `--help` shows and the parser checks, and what it does. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Paragraphs below the flags. */
  readonly notes: readonly string[];
  readonly examples: readonly string[];
  readonly positionals: readonly Positional[];
  readonly flags: readonly Flag[];
  run(given: Given, world: World): Promise<ExitCode>;
}

export interface Positional {
  readonly name: string;
  readonly description: string;
}

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in help; a flag without one takes none. */
  readonly value?: string;
  readonly description: string;
  readonly required?: boolean;
  readonly repeatable?: boolean;
  readonly oneOf?: readonly string[];
  readonly fallback?: string;
}

/** What a command line gave: every positional is there, every required flag has a value. */
export interface Given {
  readonly positionals: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

export function flagValues(given: Given, flag: string): readonly string[] {
  return given.flags.get(flag) ?? [];
}

export function flagValue(given: Given, flag: string): string | undefined {
  return given.flags.get(flag)?.[0];
}
