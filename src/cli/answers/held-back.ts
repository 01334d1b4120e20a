import type { Evidence } from "../../domain/evidence.ts";
import type { PodMatch } from "../../domain/inventory/index.ts";
import { type BreakerLimits, breakerTrips, type Trip } from "../../domain/plan/breaker.ts";
import { HELD_BACK, type Leaked, type Verdict } from "../../domain/verdict.ts";

/** Why a plan doesn't tell an address that looks leaked as one that would be released: the online words, and what dumps add. */
export const OFFLINE_HELD_BACK = {
  ...HELD_BACK,
  "dumps-differ":
    "the Pods' addresses are on no interface given: these look like dumps of different clusters",
  "no-pods": "the Pod list is empty: it can't prove that a Pod is gone",
  "one-namespace": "all Pods given are of one namespace: a Pod of another may have it",
  "namespace-not-listed": "all Pods given are of one namespace, and its Pod is of another",
} as const;
export type OfflineHeldBack = keyof typeof OFFLINE_HELD_BACK;

/** The node, subnet or cluster whose share of leaks is too large to be right (H17), and what Pod lists can't prove (H68). */
export function heldBackBy(
  evidence: Evidence,
  verdicts: readonly Verdict[],
  match: PodMatch,
  limits: BreakerLimits,
): { readonly trips: readonly Trip[]; readonly reasonFor: (verdict: Leaked) => OfflineHeldBack | undefined } {
  const trips = breakerTrips(evidence, verdicts, limits);
  const tripped = new Set(trips.map(({ scope, name }) => `${scope} ${name}`));
  const subnets = new Map(evidence.interfaces.map(({ id, subnetID }) => [id, subnetID]));
  const namespaces = new Set(evidence.pods.map(({ namespace }) => namespace));
  const reasonFor = (verdict: Leaked): OfflineHeldBack | undefined => {
    if (verdict.heldBack !== undefined) return verdict.heldBack;
    if (match.pods === 0) return "no-pods";
    if (match.conclusion === "different-clusters" || match.conclusion === "overlay") return "dumps-differ";
    const record = evidence.vpcIPs?.get(verdict.address);
    const claim = record?.known === "whole" ? record.object.spec.claim : undefined;
    if (
      verdict.cause === "pod-gone" &&
      claim !== undefined &&
      namespaces.size === 1 &&
      !namespaces.has(claim.namespace)
    )
      return "namespace-not-listed";
    if (match.conclusion === "one-namespace") return "one-namespace";
    const scopes = ["cluster ", `subnet ${subnets.get(verdict.interfaceID ?? "")}`, `node ${verdict.node}`];
    return scopes.some((scope) => tripped.has(scope)) ? "breaker" : undefined;
  };
  return { trips, reasonFor };
}
