import { createHash } from "node:crypto";

/** Everything that happened, in order: the same seed gives the same log, to the byte. */
export class EventLog {
  readonly #lines: string[] = [];
  readonly #start: number;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.#start = now();
  }

  add(who: string, what: string): void {
    this.#lines.push(`${((this.#now() - this.#start) / 1000).toFixed(3).padStart(12)} ${who} ${what}`);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  hash(): string {
    return createHash("sha256").update(this.#lines.join("\n")).digest("hex");
  }
}
