/** A state that a row had until some time; undefined where there was no such row. */
interface Version<T> {
  readonly until: number;
  readonly row: T | undefined;
}

/**
 * Rows by ID, and what they were a while ago.
 *
 * EC2 is eventually consistent: a Describe may show an older state (EC2 API Reference, "Eventual consistency in the
 * Amazon EC2 API"). A row's versions are kept as long as a Describe may still ask for them, and not at all while the
 * retention is zero.
 */
export class Table<T extends { readonly sequence: number }> {
  readonly #rows = new Map<string, T>();
  readonly #past = new Map<string, Version<T>[]>();
  #expiries: { readonly id: string; readonly until: number }[] = [];
  readonly #now: () => number;
  readonly #retentionMilliseconds: () => number;

  constructor(now: () => number, retentionMilliseconds: () => number) {
    this.#now = now;
    this.#retentionMilliseconds = retentionMilliseconds;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  /** In the order of creation. */
  values(): IterableIterator<T> {
    return this.#rows.values();
  }

  set(id: string, row: T): void {
    this.#remember(id);
    this.#rows.set(id, row);
  }

  delete(id: string): void {
    this.#remember(id);
    this.#rows.delete(id);
  }

  /** The row as it was at a time (a change made at that very instant is seen). */
  getAsOf(id: string, time: number): T | undefined {
    const version = this.#past.get(id)?.find(({ until }) => until > time);
    return version === undefined ? this.#rows.get(id) : version.row;
  }

  /** All rows as they were at a time, in the order of creation. */
  valuesAsOf(time: number): Iterable<T> {
    if (this.#past.size === 0) return this.#rows.values();
    const rows: T[] = [];
    for (const id of new Set([...this.#rows.keys(), ...this.#past.keys()])) {
      const row = this.getAsOf(id, time);
      if (row !== undefined) rows.push(row);
    }
    return rows.sort((a, b) => a.sequence - b.sequence);
  }

  #remember(id: string): void {
    const now = this.#now();
    const retention = this.#retentionMilliseconds();
    this.#forget(now - retention);
    if (retention === 0) return;
    const versions = this.#past.get(id) ?? [];
    versions.push({ until: now, row: this.#rows.get(id) });
    this.#past.set(id, versions);
    this.#expiries.push({ id, until: now });
  }

  #forget(before: number): void {
    let expired = 0;
    for (const { id, until } of this.#expiries) {
      if (until >= before) break;
      expired++;
      const versions = this.#past.get(id);
      versions?.shift();
      if (versions?.length === 0) this.#past.delete(id);
    }
    if (expired > 0) this.#expiries = this.#expiries.slice(expired);
  }
}
