/** One call of a function to something outside of it. */
export interface Crossing {
  readonly to: "kubernetes" | "ec2" | "queue" | "mirror" | "host";
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
  /** The function ends when it has heard, before it does anything with it; what it sent beside this has happened too. */
  | "killed-heard"
  /**
   * The function stands still until then, with its request on its way (before) or done (after): all of it, what it does
   * beside this too. It then goes on, or finds its connection broken. What it does on its own machine is on no way: one that was
   * killed meanwhile doesn't do it any more.
   */
  | { readonly frozen: "before" | "after"; readonly until: Promise<unknown>; readonly isBroken?: boolean }
  /** Something on the way sends it twice; the first answer comes back, or the second. */
  | "doubled"
  | "doubled-second"
  /** The connection breaks at once; it happens then. */
  | { readonly lateFrom: Promise<unknown> }
  /** The API server refuses it with a status, EC2 with an error code. Queue and mirror know no such refusal. */
  | { readonly refused: number | string };

export const POINTS = ["lost-before", "lost-after", "killed-before", "killed-after", "killed-heard"] as const;

/** Places inside a process, between two calls, at which it can stand still. */
export type Moment = "signing" | "sending";

/** What happens on the other side; given the refusal where that side refuses. */
type Act<T> = (refused?: number | string) => T | Promise<T>;

/** Turns of the function's own that it takes until each answer on its way has been heard. */
const TURNS = 100;

/**
 * What all calls of one process (a function, an allocator) go through, and its own waits: here they are counted, and here a test or a simulation says
 * what becomes of each. One that is killed hears nothing more: its promise never settles, and {@link Line.killed} does.
 */
export class Line {
  readonly crossings: Crossing[] = [];
  /** What it waited for in own time: `sleep`, or `reserve` where it waited for its share of EC2's calls. */
  readonly waits: string[] = [];
  /** Asked at each call, with its number from 1. */
  fateOf: (crossing: Crossing, nth: number) => Fate = () => "through";
  /** Asked at each wait, with its number from 1. A wait can't be lost or late: it goes through then. */
  fateOfWait: (what: string, nth: number) => Fate = () => "through";
  /** Asked at each moment: until when the process stands still there. */
  standsStill: (moment: Moment) => Promise<unknown> | undefined = () => undefined;
  readonly killed: Promise<void>;
  #settleKilled = (): void => undefined;
  #isDead = false;
  /** Set while it stands still. */
  #thaw: Promise<unknown> | undefined;
  /** How long a call takes, either way, where it takes any time. */
  readonly #latency: (() => Promise<void> | undefined) | undefined;

  constructor(latency?: () => Promise<void> | undefined) {
    this.#latency = latency;
    this.killed = new Promise((resolve) => {
      this.#settleKilled = resolve;
    });
  }

  /** `kill -9`: what was sent takes its way, and nothing comes back. */
  kill(): void {
    this.#isDead = true;
    this.#settleKilled();
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** The whole process stands still until then, wherever it is. */
  pause(until: Promise<unknown>): void {
    const both = this.#thaw === undefined ? until : Promise.all([this.#thaw, until]);
    this.#thaw = both;
    void both.then(() => {
      if (this.#thaw === both) this.#thaw = undefined;
    });
  }

  /** A moment of the process's own work, between two calls; undefined where it goes on at once. */
  moment(moment: Moment): Promise<void> | undefined {
    const until = this.standsStill(moment);
    if (until !== undefined) this.pause(until);
    return this.#isHeldUp ? this.#mayRun() : undefined;
  }

  /** @param broken what a caller finds whose connection broke */
  async cross<T>(crossing: Crossing, act: Act<T>, broken: () => Error): Promise<T> {
    if (this.#isHeldUp) await this.#mayRun();
    this.crossings.push(crossing);
    const fate = this.fateOf(crossing, this.crossings.length);
    if (this.#latency !== undefined) await this.#latency();
    if (this.#isHeldUp) await this.#mayRun();
    if (fate === "through") return this.#answered(act);
    if (typeof fate === "object") return this.#delayed(crossing, fate, act, broken);
    if (fate === "doubled" || fate === "doubled-second") return this.#answered(() => twice(act, fate));
    if (fate === "lost-after") await attempt(act);
    if (fate === "lost-before" || fate === "lost-after") throw broken();
    return this.#end(fate, act);
  }

  /** What the function waits for without asking anybody: its sleep, its turn. */
  async wait(what: string, pass: () => Promise<void>): Promise<void> {
    if (this.#isHeldUp) await this.#mayRun();
    this.waits.push(what);
    const fate = this.fateOfWait(what, this.waits.length);
    if (fate === "killed-before" || fate === "killed-after" || fate === "killed-heard")
      return this.#end(fate, pass);
    if (typeof fate === "object" && "frozen" in fate) this.pause(fate.until);
    await pass();
    if (this.#isHeldUp) await this.#mayRun();
  }

  async #delayed<T>(
    { to }: Crossing,
    fate: Exclude<Fate, string>,
    act: Act<T>,
    broken: () => Error,
  ): Promise<T> {
    if ("refused" in fate) return this.#answered(() => act(fate.refused));
    if ("lateFrom" in fate) {
      void fate.lateFrom.then(() => attempt(act));
      throw broken();
    }
    const { frozen, until, isBroken = false } = fate;
    this.pause(until);
    if (frozen === "before") await (to === "host" ? this.#mayRun() : until);
    const heard = isBroken
      ? attempt(act).then(() => {
          throw broken();
        })
      : this.#answered(act);
    heard.catch(() => undefined);
    if (this.#isHeldUp) await this.#mayRun();
    return heard;
  }

  async #answered<T>(act: () => T | Promise<T>): Promise<T> {
    try {
      return await act();
    } finally {
      if (this.#latency !== undefined) await this.#latency();
      if (this.#isHeldUp) await this.#mayRun();
    }
  }

  async #end(fate: "killed-before" | "killed-after" | "killed-heard", act: () => unknown): Promise<never> {
    if (fate !== "killed-before") await attempt(act);
    for (let turn = 0; fate === "killed-heard" && turn < TURNS; turn++) await Promise.resolve();
    this.kill();
    return never();
  }

  get #isHeldUp(): boolean {
    return this.#isDead || this.#thaw !== undefined;
  }

  /** A function that stands still does nothing until it thaws, and one that was killed nothing ever. */
  async #mayRun(): Promise<void> {
    while (this.#thaw !== undefined) await this.#thaw;
    if (this.#isDead) return never();
  }
}

const never = (): Promise<never> => new Promise(() => undefined);

async function twice<T>(act: () => T | Promise<T>, fate: "doubled" | "doubled-second"): Promise<T> {
  if (fate === "doubled-second") {
    await attempt(act);
    return act();
  }
  try {
    return await act();
  } finally {
    await attempt(act);
  }
}

async function attempt(act: () => unknown): Promise<void> {
  try {
    await act();
  } catch {
    // Nobody is left to hear of it.
  }
}
