import { PREFIX_SIZE, sum, type UseTotals } from "./use.ts";

/**
 * What WARM_IP_TARGET and MINIMUM_IP_TARGET would free on nodes of the Amazon VPC CNI, by the CNI's own arithmetic
 * (amazon-vpc-cni-k8s, docs/eni-and-ip-target.md and datastoreTargetState in pkg/ipamd/ipamd.go).
 */
export interface WarmTargets {
  readonly warmIPTarget: number;
  readonly minimumIPTarget: number;
  /** At most so many addresses come back: what the CNI believes in use, or cools, it doesn't free. */
  readonly freesAtMost: number;
  /** Nodes that would shrink. */
  readonly nodes: number;
  readonly calls: {
    /** UnassignPrivateIpAddresses, once: at most one for each interface with idle addresses on those nodes. */
    readonly onceAtMost: number;
    /** Afterwards, for each Pod that starts or ends while its node is above the floor: at most one Assign or Unassign. */
    readonly perPodChangeAtMost: 1;
  };
}

export interface WarmNode {
  readonly use: UseTotals;
  readonly interfacesWithIdle: number;
}

/** The value that the CNI's own documentation pairs with a floor slightly above the Pods a node is expected to run. */
const WARM = 2;
const SLIGHTLY_ABOVE = 1.2;

/** What the pair of targets would free on nodes of one group; undefined where there is nothing to free. */
export function warmTargets(nodes: readonly WarmNode[]): WarmTargets | undefined {
  const busy = nodes.map((node) => node.use.inUse).sort((a, b) => a - b);
  const median = busy[Math.floor(busy.length / 2)] ?? 0;
  const minimumIPTarget = Math.max(1, Math.ceil(median * SLIGHTLY_ABOVE));
  const shrinking = nodes
    .map((node) => ({ node, freed: freedBy(node.use, WARM, minimumIPTarget) }))
    .filter(({ freed }) => freed > 0);
  if (shrinking.length === 0) return undefined;
  return {
    warmIPTarget: WARM,
    minimumIPTarget,
    freesAtMost: sum(shrinking.map(({ freed }) => freed)),
    nodes: shrinking.length,
    calls: {
      onceAtMost: sum(shrinking.map(({ node }) => node.interfacesWithIdle)),
      perPodChangeAtMost: 1,
    },
  };
}

/** Addresses that a node has over its targets. With prefixes only empty ones are freed, whole. */
export function freedBy(use: UseTotals, warm: number, minimum: number): number {
  if (use.prefixes.count > 0) {
    const needed = Math.max(Math.ceil((use.inUse + warm) / PREFIX_SIZE), Math.ceil(minimum / PREFIX_SIZE));
    return Math.max(0, Math.min(use.prefixes.empty, use.prefixes.count - needed)) * PREFIX_SIZE;
  }
  return Math.max(0, Math.min(use.idle - warm, use.addresses - minimum));
}
