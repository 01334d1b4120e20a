import { seededRandom } from "../engine/random.ts";

/** A seed of its own for each number of each seed: what one draws leaves the others alone. */
export function subSeed(seed: number, nth: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(nth + 1, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Chance, from a seed alone. */
export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  /** In [0, 1). */
  next(): number {
    return this.#next();
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** A whole number from 0 to below. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  /** A seed for somebody else's dice. */
  seed(): number {
    return this.below(2 ** 32);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }

  /** Between two lengths; each order of magnitude as often as another. */
  length(shortest: number, longest: number): number {
    return Math.round(shortest * (longest / shortest) ** this.#next());
  }

  hex(digits: number): string {
    let text = "";
    while (text.length < digits) text += this.below(0x10000).toString(16).padStart(4, "0");
    return text.slice(0, digits);
  }

  /** A text in the form of a UUID. */
  uuid(): string {
    const hex = this.hex(32);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
