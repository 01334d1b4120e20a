/** An operation that may not go on: its answer is "again", and nothing is wrong. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
