import type { ApiServer } from "./api-server.ts";
import { type FaultEffect, type Faults, faultError } from "./faults.ts";
import type { ApiAnswer, ApiRequest } from "./types.ts";

/** What comes back over the network: an answer, or a broken connection. */
export type Delivery =
  | { readonly kind: "answer"; readonly answer: ApiAnswer }
  /** The body stops after this share of its bytes and the connection breaks. */
  | { readonly kind: "truncated"; readonly answer: ApiAnswer; readonly atShare: number }
  | { readonly kind: "reset" };

export type Sleep = (ms: number) => Promise<void>;

/**
 * The network between a client and the API server, with its faults. The HTTP front sends through it, and so can
 * a simulation that needs no HTTP.
 */
export async function deliver(
  server: ApiServer,
  faults: Faults,
  sleep: Sleep,
  request: ApiRequest,
  further: readonly FaultEffect[] = [],
): Promise<Delivery> {
  const standing = faults.isQuiet ? [] : faults.on(server.callOf(request));
  const effects = further.length === 0 ? standing : [...standing, ...further];
  if (effects.length === 0) return { kind: "answer", answer: server.handle(request) };
  for (const effect of effects) if (effect.kind === "delay") await delay(effect, sleep);
  if (effects.some((effect) => effect.kind === "drop-before")) return { kind: "reset" };
  const answer = answerTo(server, request, effects);
  for (const effect of effects) if (effect.kind === "delay-answer") await delay(effect, sleep);
  if (effects.some((effect) => effect.kind === "drop-after")) return { kind: "reset" };
  for (const effect of effects) {
    if (effect.kind === "truncate") return { kind: "truncated", answer, atShare: effect.atShare ?? 0.5 };
  }
  return { kind: "answer", answer };
}

function answerTo(server: ApiServer, request: ApiRequest, effects: readonly FaultEffect[]): ApiAnswer {
  let allLagMs = 0;
  for (const effect of effects) {
    if (effect.kind === "status") {
      server.calls.add(server.callOf(request));
      return server.refuse(faultError(effect));
    }
    if (effect.kind === "stale") allLagMs = Math.max(allLagMs, effect.lagMs);
  }
  const staleness = allLagMs > 0 ? { allLagMs } : {};
  if (effects.some((effect) => effect.kind === "duplicate")) server.handle(request, staleness);
  return server.handle(request, staleness);
}

const delay = async (
  effect: Extract<FaultEffect, { kind: "delay" | "delay-answer" }>,
  sleep: Sleep,
): Promise<void> => {
  if ("ms" in effect) await sleep(effect.ms);
  else await effect.until;
};
