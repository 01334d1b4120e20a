import type { NodeView } from "../../domain/evidence.ts";
import type { Inventory, PodMatch } from "../../domain/inventory/index.ts";

/** A number with its noun: `1 address`, `2 addresses`. */
export function counted(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  return `${number} ${noun}${/(?:s|x|sh|ch)$/.test(noun) ? "es" : "s"}`;
}

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
        `these look like dumps of different clusters: of ${counted(match.withAddress, "Pod")} with an address of their own, ${match.withAddress - match.onInterfaces} ${match.withAddress - match.onInterfaces === 1 ? "has" : "have"} one that is on no interface given${examples === "" ? "" : ` (e.g. ${examples})`}; what is called idle below is not, and nothing is told as leaked`,
      ];
    case "overlay":
      return [
        `the nodes are these, but none of the ${counted(match.withAddress, "Pod")} with an address of their own has one of these interfaces (e.g. ${examples}): an overlay network? What is called idle below may be used by it`,
      ];
    case "one-namespace":
      return [
        `all Pods are in namespace ${match.namespace}: was -A left out? What is called idle below may be used by Pods of other namespaces`,
      ];
    case "unproven":
      return ["no Pod shows an IPv4 address, so nothing here can be told to be idle"];
    case "same-cluster":
      return match.nowhere.length === 0
        ? []
        : [
            `${match.withAddress - match.onInterfaces} of ${counted(match.withAddress, "Pod")} ${match.withAddress - match.onInterfaces === 1 ? "has" : "have"} an address that is on no interface given (e.g. ${examples}): were the dumps taken minutes apart, or is a part of the interfaces missing?`,
          ];
  }
}

/** Nodes whose instance has no interface here: a part of the interfaces, or another account's or region's. */
export function nodeWarnings(nodes: readonly NodeView[], { identities }: Inventory): readonly string[] {
  const onEC2 = nodes.filter(({ instanceID }) => instanceID !== undefined);
  const elsewhere = onEC2.filter(({ instanceID }) => !identities.has(instanceID ?? ""));
  const [first] = elsewhere;
  if (first === undefined) return [];
  const have = onEC2.length - elsewhere.length;
  return [
    `${have === 0 ? "none" : have} of ${counted(onEC2.length, "node")} on EC2 ${have > 1 ? "have" : "has"} an interface here (${first.name}, ${first.instanceID}, for one, has none): were the interfaces filtered, or written in another region or account?`,
  ];
}
