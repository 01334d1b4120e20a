/** A list that grows at its end and is forgotten from its beginning; both cost little, whatever its length. */
export class Journal<T> {
  #entries: T[] = [];
  #start = 0;

  get size(): number {
    return this.#entries.length - this.#start;
  }

  /** From the oldest, 0. */
  at(index: number): T | undefined {
    return this.#entries[this.#start + index];
  }

  push(entry: T): void {
    this.#entries.push(entry);
  }

  /** Forgets entries from the oldest on while the test holds, and shows each to the visitor. */
  forgetWhile(isOld: (entry: T) => boolean, visit: (entry: T) => void = () => undefined): void {
    for (let entry = this.at(0); entry !== undefined && isOld(entry); entry = this.at(0)) {
      visit(entry);
      this.#start++;
    }
    if (this.#start > 1024 && this.#start > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  *newestFirst(): Generator<T> {
    for (let index = this.size - 1; index >= 0; index--) yield this.at(index) as T;
  }
}
