import { createHash } from "node:crypto";

/** Everything that happened, in order: the same seed gives the same log, to the byte. */
export class EventLog {
  /** Put into words only where somebody reads them: hardly any seed's are. */
  readonly #entries: { readonly at: number; readonly who: string; readonly what: string }[] = [];
  readonly #start: number;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.#start = now();
  }

  add(who: string, what: string): void {
    this.#entries.push({ at: this.#now(), who, what });
  }

  get lines(): readonly string[] {
    return this.#entries.map(
      ({ at, who, what }) => `${((at - this.#start) / 1000).toFixed(3).padStart(12)} ${who} ${what}`,
    );
  }

  hash(): string {
    return createHash("sha256").update(this.lines.join("\n")).digest("hex");
  }
}
