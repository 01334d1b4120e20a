import type { Crossing, Fate } from "../in-process/index.ts";

/** What becomes of a call, and how the log names it. */
export interface Sprung {
  readonly fate: Fate;
  readonly name: string;
}

/** One call of one process that is waited for. */
export interface Trap {
  /** How the process's name ends, e.g. `sweep node-1`. */
  readonly who: string;
  /** Which calls count. */
  readonly what: RegExp;
  /** So many of them go through before. */
  readonly after: number;
  /** It is there for every such call, until all are cleared. */
  readonly isLasting?: boolean;
  /** Until when the process stands still, where it is caught between two calls. */
  readonly stands: () => Promise<unknown>;
  readonly fate: () => Sprung;
}

/** Traps for single calls: what chance alone would hardly ever hit. Each springs once, where it doesn't say that it lasts. */
export class Traps {
  readonly #laid = new Map<Trap, number>();

  lay(trap: Trap): void {
    this.#laid.set(trap, trap.after);
  }

  get isEmpty(): boolean {
    return this.#laid.size === 0;
  }

  /** None is left over for later. */
  clear(): void {
    this.#laid.clear();
  }

  call(name: string, { what }: Crossing): Sprung | undefined {
    return this.#next(name, what)?.fate();
  }

  /** A moment between two calls. */
  moment(name: string, moment: string): Promise<unknown> | undefined {
    return this.#next(name, moment)?.stands();
  }

  #next(name: string, what: string): Trap | undefined {
    for (const [trap, left] of this.#laid) {
      if (!name.endsWith(trap.who) || !trap.what.test(what)) continue;
      if (left === 0) {
        if (trap.isLasting !== true) this.#laid.delete(trap);
        return trap;
      }
      this.#laid.set(trap, left - 1);
    }
    return undefined;
  }
}
