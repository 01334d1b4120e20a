import type { Address } from "../address.ts";
import type { NetworkInterface, PodView } from "../evidence.ts";
import type { AddressBook } from "./book.ts";

/** How the Pods fit the interfaces: dumps of two clusters don't. */
export interface PodMatch {
  readonly pods: number;
  /** Live Pods with an address of their own. */
  readonly withAddress: number;
  readonly onInterfaces: number;
  /** hostNetwork Pods, and how many of their addresses are an interface's. */
  readonly host: number;
  readonly hostOnInterfaces: number;
  /** Examples of Pods whose address is on no interface. */
  readonly nowhere: readonly { readonly pod: string; readonly address: Address }[];
  readonly conclusion: MatchConclusion;
  /** With `one-namespace`: which. */
  readonly namespace?: string;
}

/**
 * `same-cluster`: most live Pods' addresses are on the interfaces. `different-clusters`: most are on none.
 * `overlay`: the nodes are these, but their Pods have addresses of no interface. `unproven`: no Pod shows an address.
 * `one-namespace`: the Pods fit, but are of one namespace only, so that Pods of others use what looks idle.
 */
export type MatchConclusion =
  | "same-cluster"
  | "different-clusters"
  | "overlay"
  | "unproven"
  | "one-namespace";

const EXAMPLES = 5;

/** Whether a Pod has the address that its status shows: finished Pods keep showing one that they have no more. */
export function holdsAddress(pod: PodView): boolean {
  return !pod.finished && !pod.hostNetwork;
}

export function matchPods(
  pods: readonly PodView[],
  interfaces: readonly NetworkInterface[],
  book: AddressBook,
): PodMatch {
  const nowhere: { pod: string; address: Address }[] = [];
  let withAddress = 0;
  let onInterfaces = 0;
  let host = 0;
  let hostOnInterfaces = 0;
  for (const pod of pods) {
    if (pod.finished || pod.addresses.length === 0) continue;
    const known = pod.addresses.some((address) => book.places(address).length > 0);
    if (pod.hostNetwork) {
      host += 1;
      if (known) hostOnInterfaces += 1;
      continue;
    }
    withAddress += 1;
    if (known) onInterfaces += 1;
    else if (nowhere.length < EXAMPLES)
      nowhere.push({ pod: `${pod.namespace}/${pod.name}`, address: pod.addresses[0] as Address });
  }
  const conclusion = conclude({ withAddress, onInterfaces, host, hostOnInterfaces }, interfaces.length);
  return { pods: pods.length, withAddress, onInterfaces, host, hostOnInterfaces, nowhere, conclusion };
}

function conclude(
  count: { withAddress: number; onInterfaces: number; host: number; hostOnInterfaces: number },
  interfaces: number,
): MatchConclusion {
  if (interfaces === 0) return "unproven";
  const hostsHere = count.host > 0 && count.hostOnInterfaces * 2 >= count.host;
  if (count.withAddress === 0) {
    if (count.host === 0) return "unproven";
    return hostsHere ? "same-cluster" : "different-clusters";
  }
  if (count.onInterfaces * 2 >= count.withAddress) return "same-cluster";
  return hostsHere && count.onInterfaces === 0 ? "overlay" : "different-clusters";
}
