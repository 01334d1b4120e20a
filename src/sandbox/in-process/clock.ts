import type { SandboxClock } from "../engine/sandbox-clock.ts";

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/**
 * Time that passes only where everybody waits for it: the same seed gives the same run. Work that waits for nothing but this
 * clock is driven by {@link ManualClock.until}; no real time is looked at.
 */
export class ManualClock implements SandboxClock {
  #now: number;
  /** In order of waking; who lay down first wakes first. */
  readonly #sleepers: Sleeper[] = [];

  /** @param start milliseconds since the epoch */
  constructor(start: number) {
    this.#now = start;
  }

  readonly now = (): number => this.#now;

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => void this.#lie(milliseconds, wake));

  /** A sleep that somebody may end before its time: then it never settles, and no time passes for it. */
  timer(milliseconds: number): { readonly rings: Promise<void>; readonly stop: () => void } {
    let stop = (): void => undefined;
    const rings = new Promise<void>((wake) => {
      const sleeper = this.#lie(milliseconds, wake);
      stop = () => {
        const at = this.#sleepers.indexOf(sleeper);
        if (at >= 0) this.#sleepers.splice(at, 1);
      };
    });
    return { rings, stop };
  }

  readonly sleepAsServer = this.sleep;
  readonly sleepInBackground = this.sleep;

  /** Jumps, and wakes who slept shorter: they find the time of the end. {@link ManualClock.pass} wakes each at its own time. */
  advance(milliseconds: number): void {
    this.#now += Math.max(0, milliseconds);
    while ((this.#sleepers[0]?.wakesAt ?? Number.POSITIVE_INFINITY) <= this.#now) this.#wakeNext();
  }

  /** Lets so much time pass, and everybody do in it what they slept for. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await everybodyWaits();
    while ((this.#sleepers[0]?.wakesAt ?? Number.POSITIVE_INFINITY) <= end) {
      this.#wakeNext();
      await everybodyWaits();
    }
    this.#now = Math.max(this.#now, end);
  }

  /** Lets time pass until the work is over. Rejects where the work waits for something that no time will bring. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    work.then(end, end);
    for (;;) {
      await everybodyWaits();
      if (isOver) return work;
      if (this.#sleepers.length === 0)
        throw new Error("the work waits, and nobody sleeps who could end that");
      this.#wakeNext();
    }
  }

  stop(): void {
    this.#sleepers.length = 0;
  }

  #lie(milliseconds: number, wake: () => void): Sleeper {
    const sleeper = { wakesAt: this.#now + Math.max(0, milliseconds), wake };
    this.#sleepers.splice(firstAfter(this.#sleepers, sleeper.wakesAt), 0, sleeper);
    return sleeper;
  }

  #wakeNext(): void {
    const next = this.#sleepers.shift();
    if (next === undefined) return;
    this.#now = Math.max(this.#now, next.wakesAt);
    next.wake();
  }
}

/** Where the first one stands that wakes later. */
function firstAfter(sleepers: readonly Sleeper[], wakesAt: number): number {
  let low = 0;
  let high = sleepers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sleepers[middle] as Sleeper).wakesAt <= wakesAt) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Whatever can go on without time passing has gone on: Node runs the queue of ticks when that of promises is empty
 * (Node.js, "The Node.js Event Loop", process.nextTick), without a turn of the event loop.
 */
const everybodyWaits = (): Promise<void> => new Promise((resolve) => void process.nextTick(resolve));
