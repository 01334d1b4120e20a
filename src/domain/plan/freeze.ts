import * as z from "zod";
import type { Trip } from "./breaker.ts";

/**
 * The one object that every path reads before it changes anything: ConfigMap `vpcip-system/reclaimer-freeze`.
 * `frozen` must say "false" for anything to be released; absent or anything else means frozen.
 */
export type FreezeState =
  | { readonly frozen: true; readonly why: string }
  | { readonly frozen: false; readonly breaker: readonly Trip[] };

const trips = z.array(
  z.object({
    scope: z.enum(["node", "subnet", "cluster"]),
    name: z.string(),
    leaked: z.number(),
    total: z.number(),
    limit: z.number(),
  }),
);

/** @param data of the freeze object; undefined where there is none */
export function freezeState(data: Readonly<Record<string, string>> | undefined): FreezeState {
  if (data === undefined) return { frozen: true, why: "the freeze object is missing" };
  const { frozen, reason, breaker } = data;
  if (frozen !== "false")
    return {
      frozen: true,
      why: reason ?? (frozen === "true" ? "frozen by hand" : "the freeze object can't be read"),
    };
  if (breaker === undefined || breaker === "") return { frozen: false, breaker: [] };
  const parsed = trips.safeParse(jsonOf(breaker));
  return parsed.success
    ? { frozen: false, breaker: parsed.data }
    : { frozen: true, why: "the breaker's record in the freeze object can't be read" };
}

/** The data of a freeze object that stops everything. */
export function frozenData(why: string): Readonly<Record<string, string>> {
  return { frozen: "true", reason: why };
}

/** The data of a freeze object that lets everything go but what the breaker holds. */
export function openData(breaker: readonly Trip[]): Readonly<Record<string, string>> {
  return breaker.length === 0 ? { frozen: "false" } : { frozen: "false", breaker: JSON.stringify(breaker) };
}

/** Whether a breaker holds a subject back. */
export function isHeldByBreaker(
  breaker: readonly Trip[],
  subject: { readonly node?: string; readonly subnetID?: string },
): boolean {
  return breaker.some(
    ({ scope, name }) =>
      scope === "cluster" ||
      (scope === "node" && name === subject.node) ||
      (scope === "subnet" && name === subject.subnetID),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
