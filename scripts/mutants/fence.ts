/** One way to take a fence out of the product, and the tests that must notice. */
export interface Fence {
  /** What is missing then, in the words of docs/protocol.md. */
  readonly name: string;
  /** What happens without it, for people. */
  readonly stops: string;
  /** The rows of the hazards that it stops. */
  readonly hazards: readonly string[];
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Test files (or parts of their paths) of which at least one test must fail. */
  readonly tests: readonly string[];
}
