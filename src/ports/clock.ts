/** Time is an argument: nothing below the edges reads a clock of its own. */
export interface Clock {
  /** Own time, milliseconds since the epoch. May be wrong by minutes; never compared with another machine's. */
  now(): number;
  /** Resolves after so many milliseconds of own time. */
  sleep(milliseconds: number): Promise<void>;
}

/** Unique, unguessable texts: holder identities, request IDs, run IDs. */
export interface Identities {
  unique(): string;
}
