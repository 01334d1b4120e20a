/**
 * Faults that a test or a scenario asks for, the same over HTTP and in process.
 *
 * | kind | what the caller sees | what happened |
 * | --- | --- | --- |
 * | delay, hold | the answer, late | the effect late (`when: "before"`, default) or the answer late (`"after"`) |
 * | drop-before | connection reset | nothing |
 * | drop-after | connection reset | the effect |
 * | error | the given error | nothing |
 * | duplicate | the first answer | the effect, and the request once more |
 */
export type FaultEffect =
  | { readonly kind: "delay"; readonly milliseconds: number; readonly when?: "before" | "after" }
  | { readonly kind: "hold"; readonly until: Promise<unknown>; readonly when?: "before" | "after" }
  | { readonly kind: "drop-before" }
  | { readonly kind: "drop-after" }
  | { readonly kind: "error"; readonly code: string; readonly status: number; readonly message?: string }
  | { readonly kind: "duplicate" };

export interface FaultRequest {
  readonly action: string;
  readonly input: object;
  /** The caller's access key ID. */
  readonly caller: string | undefined;
}

export type Fault = FaultEffect & {
  /** Any action where left out. */
  readonly action?: string;
  readonly matching?: (request: FaultRequest) => boolean;
  /** Only the nth matching request (from 1); with `every`, each nth one. All where both are left out. */
  readonly nth?: number;
  readonly every?: number;
};

export class Faults {
  #active: { readonly fault: Fault; seen: number; hits: number }[] = [];

  /** Returns how to take it back, and how often it struck. */
  add(fault: Fault): { readonly remove: () => void; readonly hits: () => number } {
    const entry = { fault, seen: 0, hits: 0 };
    this.#active.push(entry);
    return {
      remove: () => {
        this.#active = this.#active.filter((other) => other !== entry);
      },
      hits: () => entry.hits,
    };
  }

  clear(): void {
    this.#active = [];
  }

  /** The faults that strike this request, in the order they were added. Counts it. */
  strike(request: FaultRequest): FaultEffect[] {
    const struck: FaultEffect[] = [];
    for (const entry of this.#active) {
      const { fault } = entry;
      if (fault.action !== undefined && fault.action !== request.action) continue;
      if (fault.matching?.(request) === false) continue;
      entry.seen++;
      if (fault.nth !== undefined && entry.seen !== fault.nth) continue;
      if (fault.every !== undefined && entry.seen % fault.every !== 0) continue;
      entry.hits++;
      struck.push(fault);
    }
    return struck;
  }
}

/** The connection was reset: the caller can't know whether the request took effect. */
export class ConnectionReset extends Error {
  readonly code = "ECONNRESET";

  constructor() {
    super("read ECONNRESET");
    this.name = "ConnectionReset";
  }
}

/** An error that a fault asked for. */
export class InjectedError extends Error {
  readonly code: string;
  readonly status: number;

  constructor({ code, status, message }: Extract<FaultEffect, { kind: "error" }>) {
    super(message ?? code);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/** Carries a request out under its faults. Rejects with ConnectionReset, InjectedError, or what `act` throws. */
export async function underFaults<T>(
  effects: readonly FaultEffect[],
  sleep: (milliseconds: number) => Promise<void>,
  act: () => T,
): Promise<T> {
  if (effects.length === 0) return act();
  await wait(effects, "before", sleep);
  for (const effect of effects) {
    if (effect.kind === "drop-before") throw new ConnectionReset();
    if (effect.kind === "error") throw new InjectedError(effect);
  }
  const answer = attempt(act);
  if (effects.some(({ kind }) => kind === "duplicate")) attempt(act);
  await wait(effects, "after", sleep);
  if (effects.some(({ kind }) => kind === "drop-after")) throw new ConnectionReset();
  return answer();
}

/** The outcome, to be given (or thrown) later. */
function attempt<T>(act: () => T): () => T {
  try {
    const value = act();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

async function wait(
  effects: readonly FaultEffect[],
  moment: "before" | "after",
  sleep: (milliseconds: number) => Promise<void>,
): Promise<void> {
  for (const effect of effects) {
    if (effect.kind !== "delay" && effect.kind !== "hold") continue;
    if ((effect.when ?? "before") !== moment) continue;
    await (effect.kind === "delay" ? sleep(effect.milliseconds) : effect.until);
  }
}
