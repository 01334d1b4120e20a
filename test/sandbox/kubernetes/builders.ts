import {
  type ApiAnswer,
  KubernetesSimulator,
  type SimulatorOptions,
} from "../../../src/sandbox/kubernetes/index.ts";

/** Seeded numbers in [0, 1): mulberry32. */
export function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface World {
  readonly simulator: KubernetesSimulator;
  /** Moves the clock on. */
  readonly pass: (ms: number) => void;
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => ApiAnswer;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are whatever the server says; the tests look at them.
  readonly body: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => any;
}

/** A simulator whose clock stands still until it is moved. */
export function world(options: Partial<SimulatorOptions> = {}): World {
  let now = Date.parse("2026-06-01T12:00:00.500Z");
  const simulator = new KubernetesSimulator({ clock: () => now, random: sequence(7), ...options });
  const call: World["call"] = (method, path, body, headers = {}) =>
    simulator.handle({ method, path, body, headers: { ...headers } });
  return {
    simulator,
    pass: (ms) => {
      now += ms;
    },
    call,
    body: (method, path, body, headers) => call(method, path, body, headers).body,
  };
}

export const maps = "/api/v1/namespaces/default/configmaps";
export const merge = { "content-type": "application/merge-patch+json" };
