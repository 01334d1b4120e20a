import { performance } from "node:perf_hooks";
import type { Clock } from "../../ports/clock.ts";
import { HttpActivity } from "./http-activity.ts";

/** How often, in real milliseconds, it is asked whether everybody only waits. */
const LOOK_MILLISECONDS = 2;
/** The share of a look in which the event loop had nothing to do, from which on everybody only waits. */
const IDLE_SHARE = 0.9;

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
  /** Time does not jump for it: it wakes when time has come that far anyway. */
  readonly isBackground: boolean;
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
  readonly #activity = new HttpActivity();
  #steps = 0;

  /** @param start own time at the beginning, milliseconds since the epoch */
  constructor(start: number) {
    this.#offset = start - performance.now();
  }

  readonly now = (): number => Math.floor(performance.now() + this.#offset);

  readonly sleep = (milliseconds: number): Promise<void> => this.#sleep(milliseconds, false);

  /** For a server that answers late. */
  readonly sleepAsServer = (milliseconds: number): Promise<void> =>
    this.#activity.whileServerWaits(() => this.sleep(milliseconds));

  /** For what only goes on beside the work, e.g. Pods that come and go: it never hurries time on. */
  readonly sleepInBackground = (milliseconds: number): Promise<void> => this.#sleep(milliseconds, true);

  /** Lets time pass at once, and wakes who slept shorter. */
  advance(milliseconds: number): void {
    this.#offset += Math.max(0, milliseconds);
    this.#wakeDue();
  }

  /** Lets go of everybody who sleeps; they wake now. */
  stop(): void {
    this.#activity.stop();
    clearInterval(this.#look);
    this.#look = undefined;
    const sleepers = this.#sleepers;
    this.#sleepers = [];
    for (const { wake } of sleepers) wake();
  }

  #sleep(milliseconds: number, isBackground: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.push({
        wakesAt: this.now() + Math.ceil(Math.max(0, milliseconds)),
        wake: resolve,
        isBackground,
      });
      this.#look ??= setInterval(() => this.#jumpIfIdle(), LOOK_MILLISECONDS);
    });
  }

  #jumpIfIdle(): void {
    const load = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(load, this.#load);
    this.#load = load;
    if (this.#wakeDue()) return;
    if (this.#sleepers.length === 0) {
      clearInterval(this.#look);
      this.#look = undefined;
      return;
    }
    const hasMoved = this.#activity.steps !== this.#steps;
    this.#steps = this.#activity.steps;
    if (hasMoved || this.#activity.isAtWork || 1 - utilization < IDLE_SHARE) return;
    const awaited = this.#sleepers.filter(({ isBackground }) => !isBackground);
    if (awaited.length > 0) this.advance(Math.min(...awaited.map(({ wakesAt }) => wakesAt)) - this.now());
  }

  /** Whether somebody woke: who wakes has something to do before time may jump again. */
  #wakeDue(): boolean {
    const now = this.now();
    const due = this.#sleepers.filter(({ wakesAt }) => wakesAt <= now);
    if (due.length === 0) return false;
    this.#sleepers = this.#sleepers.filter(({ wakesAt }) => wakesAt > now);
    for (const { wake } of due) wake();
    return true;
  }
}
