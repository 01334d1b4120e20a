import type { Evidence, NetworkInterface } from "../evidence.ts";
import { allAddresses } from "../judgement/facts.ts";
import { isLeaked, type KeepReason, type Verdict } from "../verdict.ts";

/** A breaker trips where more than this share of the addresses of a scope looks leaked, from so many on. */
export interface BreakerLimits {
  readonly nodeShare: number;
  readonly subnetShare: number;
  readonly clusterShare: number;
  /** So few leaks never trip it: a node with two addresses, one leaked, is no catastrophe. */
  readonly minimumLeaks: number;
}

export type BreakerScope = "node" | "subnet" | "cluster";

export interface Trip {
  readonly scope: BreakerScope;
  /** Node name or subnet ID; empty for the cluster. */
  readonly name: string;
  readonly leaked: number;
  readonly total: number;
  readonly limit: number;
}

/**
 * Where the tool would release too much to be right (H17: an empty Pod list would release all). Counted are addresses of
 * interfaces of ours; a detached interface counts for its subnet and the cluster, not for a node, for all that a dead
 * node had is leaked by right.
 */
export function breakerTrips(
  evidence: Evidence,
  verdicts: readonly Verdict[],
  limits: BreakerLimits,
): readonly Trip[] {
  const interfaces = new Map(evidence.interfaces.map((item) => [item.id, item]));
  const tallies = new Map<string, { scope: BreakerScope; name: string; leaked: number; total: number }>();
  const tally = (scope: BreakerScope, name: string, leaked: number, total: number) => {
    const key = `${scope} ${name}`;
    const sum = tallies.get(key) ?? { scope, name, leaked: 0, total: 0 };
    sum.leaked += leaked;
    sum.total += total;
    tallies.set(key, sum);
  };
  for (const verdict of verdicts) {
    if (!isOurs(verdict)) continue;
    const item = interfaces.get(verdict.interfaceID ?? "");
    if (item === undefined || isRecordOnly(item, verdict)) continue;
    const weight = isLeaked(verdict) && verdict.gives === "interface" ? allAddresses(item).length : 1;
    const leaked = isLeaked(verdict) ? weight : 0;
    if (item.attachment !== undefined && verdict.node !== undefined)
      tally("node", verdict.node, leaked, weight);
    if (item.subnetID !== undefined) tally("subnet", item.subnetID, leaked, weight);
    tally("cluster", "", leaked, weight);
  }
  const limitOf = { node: limits.nodeShare, subnet: limits.subnetShare, cluster: limits.clusterShare };
  return [...tallies.values()]
    .map((sum) => ({ ...sum, limit: limitOf[sum.scope] }))
    .filter(({ leaked, total, limit }) => leaked >= limits.minimumLeaks && leaked / total > limit);
}

/** Other people's addresses must not dilute the share. */
const NOT_OURS: ReadonlySet<string> = new Set<KeepReason>([
  "foreign-node",
  "not-ours",
  "other-cluster",
  "interface-type",
  "requester-managed",
]);

/** Left-over records are no addresses: neither what is dropped nor what is kept of them belongs in a share. */
function isRecordOnly(item: NetworkInterface, verdict: Verdict): boolean {
  if (isLeaked(verdict) && verdict.gives === "record") return true;
  const isListed = verdict.address === item.primary || item.addresses.includes(verdict.address);
  return verdict.prefix === undefined && !isListed;
}

function isOurs(verdict: Verdict): boolean {
  return verdict.decision !== "keep" || !NOT_OURS.has(verdict.reason);
}
