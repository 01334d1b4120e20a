/** What a command needs from the process: arguments of it, so that tests run commands without one. */
export interface World {
  /** Whole file as bytes. Rejects as node:fs does. */
  readFile(path: string): Promise<Uint8Array>;
  readStandardInput(): Promise<Uint8Array>;
  out(text: string): void;
  err(text: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Columns of the terminal; undefined where standard output is none. */
  readonly columns: number | undefined;
  readonly colour: boolean;
  readonly version: string;
}

/** What scripts can rely on. docs/cnictl.md tells them. */
export const EXIT = { fine: 0, drift: 1, usage: 2, refused: 3, failed: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Wrong usage or wrong input: one sentence for a person, on standard error, exit 2, and nothing else was printed. */
export class Problem extends Error {
  override readonly name = "Problem";
}
