import { performance } from "node:perf_hooks";
import type { Clock } from "../../ports/clock.ts";

/** How often, in real milliseconds, it is asked whether everybody only waits. */
const LOOK_MILLISECONDS = 2;
/** The share of a look in which the event loop had nothing to do, from which on everybody only waits. */
const IDLE_SHARE = 0.9;

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/**
 * Time of the sandbox: real time while something is at work, and a jump to the next sleeper as soon as everybody only
 * waits. Graces and delays pass in an instant, and what is measured while requests run is real.
 */
export class VirtualClock implements Clock {
  #offset: number;
  #sleepers: Sleeper[] = [];
  #look: NodeJS.Timeout | undefined;
  #load = performance.eventLoopUtilization();

  /** @param start own time at the beginning, milliseconds since the epoch */
  constructor(start: number) {
    this.#offset = start - performance.now();
  }

  readonly now = (): number => Math.floor(performance.now() + this.#offset);

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      this.#sleepers.push({ wakesAt: this.now() + Math.max(0, milliseconds), wake: resolve });
      this.#look ??= setInterval(() => this.#jumpIfIdle(), LOOK_MILLISECONDS);
    });

  /** Lets time pass at once, and wakes who slept shorter. */
  advance(milliseconds: number): void {
    this.#offset += Math.max(0, milliseconds);
    this.#wakeDue();
  }

  /** Lets go of everybody who sleeps; they wake now. */
  stop(): void {
    clearInterval(this.#look);
    this.#look = undefined;
    const sleepers = this.#sleepers;
    this.#sleepers = [];
    for (const { wake } of sleepers) wake();
  }

  #jumpIfIdle(): void {
    const load = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(load, this.#load);
    this.#load = load;
    this.#wakeDue();
    if (this.#sleepers.length === 0) {
      clearInterval(this.#look);
      this.#look = undefined;
      return;
    }
    if (1 - utilization < IDLE_SHARE) return;
    const next = Math.min(...this.#sleepers.map(({ wakesAt }) => wakesAt));
    this.advance(next - this.now());
  }

  #wakeDue(): void {
    const now = this.now();
    const due = this.#sleepers.filter(({ wakesAt }) => wakesAt <= now);
    if (due.length === 0) return;
    this.#sleepers = this.#sleepers.filter(({ wakesAt }) => wakesAt > now);
    for (const { wake } of due) wake();
  }
}
