import type { NodeView } from "../../domain/evidence.ts";
import type { Inventory, PodMatch } from "../../domain/inventory/index.ts";

/** What is wrong with the dumps taken together. */
export function matchWarnings(match: PodMatch, interfaces: number): readonly string[] {
  if (interfaces === 0)
    return ["--interfaces holds no interface: was it written in another region or account?"];
  if (match.pods === 0)
    return ["--pods holds no Pod, so nothing here can be told to be idle: was it written without -A?"];
  const examples = match.nowhere.map(({ pod, address }) => `${pod} ${address}`).join(", ");
  switch (match.conclusion) {
    case "different-clusters":
      return [
        `these look like dumps of different clusters: of ${match.withAddress} Pods with an address of their own, ${match.withAddress - match.onInterfaces} have one that is on no interface given${examples === "" ? "" : ` (e.g. ${examples})`}; what is called idle below is not, and nothing is told as leaked`,
      ];
    case "overlay":
      return [
        `the nodes are these, but none of the ${match.withAddress} Pods with an address of their own has one of these interfaces (e.g. ${examples}): an overlay network? What is called idle below may be used by it`,
      ];
    case "unproven":
      return ["no Pod shows an IPv4 address, so nothing here can be told to be idle"];
    case "same-cluster":
      return match.nowhere.length === 0
        ? []
        : [
            `${match.withAddress - match.onInterfaces} of ${match.withAddress} Pods have an address that is on no interface given (e.g. ${examples}): were the dumps taken minutes apart, or is a part of the interfaces missing?`,
          ];
  }
}

/** Nodes whose instance has no interface here: a part of the interfaces, or another account's or region's. */
export function nodeWarnings(nodes: readonly NodeView[], { identities }: Inventory): readonly string[] {
  const elsewhere = nodes.filter(({ instanceID }) => instanceID !== undefined && !identities.has(instanceID));
  const [first] = elsewhere;
  if (first === undefined) return [];
  const all = elsewhere.length === nodes.length ? "none" : `${nodes.length - elsewhere.length}`;
  return [
    `${all} of ${nodes.length} nodes has an interface here (${first.name}, ${first.instanceID}, for one, has none): were the interfaces filtered, or written in another region or account?`,
  ];
}
