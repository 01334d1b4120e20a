/** A hand-over request stands for two minutes at most; kubelets ask again less and less often. */
const LONGEST_MILLISECONDS = 150_000;
const STOPPED = /world is being stopped/;

/** For how long nodes start nothing because somebody has asked for their lease. */
export class Refusals {
  readonly #since = new Map<string, number>();

  /** Somebody asks for the lease of that node, or what its allocator knew of requests is lost; of all nodes where undefined. */
  begins(node?: string): void {
    if (node === undefined) this.#since.clear();
    else this.#since.delete(node);
  }

  /**
   * A kubelet was told something.
   *
   * @returns what is wrong with that
   */
  told(node: string, why: string | undefined, now: number): string | undefined {
    if (why === undefined || !STOPPED.test(why)) {
      if (why === undefined) this.#since.delete(node);
      return undefined;
    }
    const since = this.#since.get(node) ?? now;
    this.#since.set(node, since);
    if (now - since <= LONGEST_MILLISECONDS) return undefined;
    return `${node} starts nothing since ${now - since} ms, and nobody has asked for its lease meanwhile`;
  }
}
