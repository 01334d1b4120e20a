/** One call of a function to something outside of it. */
export interface Crossing {
  readonly to: "kubernetes" | "ec2" | "queue" | "mirror";
  /** E.g. `PUT /api/v1/…` or `UnassignPrivateIpAddresses eni-…`. */
  readonly what: string;
}

/** What becomes of a call. The caller can't tell `lost-before` from `lost-after`, nor from `late`. */
export type Fate =
  | "through"
  /** The connection breaks; nothing has happened. */
  | "lost-before"
  /** The connection breaks; it has happened. */
  | "lost-after"
  /** The function ends here; nothing has happened. */
  | "killed-before"
  /** The function ends here; it has happened. */
  | "killed-after"
  /** The function stands still until then, with its request on its way (before) or done (after). It then goes on. */
  | { readonly frozen: "before" | "after"; readonly until: Promise<unknown> }
  /** The connection breaks at once; it happens then. */
  | { readonly lateFrom: Promise<unknown> };

export const POINTS = ["lost-before", "lost-after", "killed-before", "killed-after"] as const;

/**
 * What all calls of one function go through: here they are counted, and here a test or a simulation says what becomes of
 * each. A function that is killed hears nothing more: its promise never settles, and {@link Line.killed} does.
 */
export class Line {
  readonly crossings: Crossing[] = [];
  /** Asked at each call, with its number from 1. */
  fateOf: (crossing: Crossing, nth: number) => Fate = () => "through";
  readonly killed: Promise<void>;
  #kill = (): void => undefined;
  #isDead = false;
  /** How long a call takes, either way, where it takes any time. */
  readonly #latency: (() => Promise<void>) | undefined;

  constructor(latency?: () => Promise<void>) {
    this.#latency = latency;
    this.killed = new Promise((resolve) => {
      this.#kill = resolve;
    });
  }

  /** @param broken what a caller finds whose connection broke */
  async cross<T>(crossing: Crossing, act: () => T | Promise<T>, broken: () => Error): Promise<T> {
    if (this.#isDead) return never();
    this.crossings.push(crossing);
    const fate = this.fateOf(crossing, this.crossings.length);
    if (this.#latency !== undefined) await this.#latency();
    if (fate === "through") return this.#answered(await act());
    if (typeof fate === "object") return this.#wait(fate, act, broken);
    if (fate === "lost-after" || fate === "killed-after") await attempt(act);
    if (fate === "lost-before" || fate === "lost-after") throw broken();
    this.#isDead = true;
    this.#kill();
    return never();
  }

  async #wait<T>(fate: Exclude<Fate, string>, act: () => T | Promise<T>, broken: () => Error): Promise<T> {
    if ("lateFrom" in fate) {
      void fate.lateFrom.then(() => attempt(act));
      throw broken();
    }
    if (fate.frozen === "before") await fate.until;
    const answer = await act();
    if (fate.frozen === "after") await fate.until;
    return answer;
  }

  async #answered<T>(answer: T): Promise<T> {
    if (this.#latency !== undefined) await this.#latency();
    return answer;
  }
}

const never = (): Promise<never> => new Promise(() => undefined);

async function attempt(act: () => unknown): Promise<void> {
  try {
    await act();
  } catch {
    // Nobody is left to hear of it.
  }
}
