import { type Address, parseAddress } from "../address.ts";
import type { NetworkInterface, NodeView, PodView } from "../evidence.ts";
import type { AddressBook } from "./book.ts";

/** Which node an instance is, and how we know. */
export interface NodeIdentity {
  readonly instanceID: string;
  readonly node?: string;
  readonly group?: string;
  readonly source: "providerID" | "NodeENIConfig" | "node-name" | "pods" | "none";
}

const ADDRESS_IN_NAME = /^ip-([0-9]{1,3})-([0-9]{1,3})-([0-9]{1,3})-([0-9]{1,3})(?:\.|$)/;

/**
 * The node of each instance that has an interface: by providerID, by NodeENIConfig; else, for showing only, by a node name
 * made of its primary address (EC2's `ip-10-0-1-2…`), or by the Pods whose addresses its interfaces have.
 */
export function identifyNodes(
  interfaces: readonly NetworkInterface[],
  nodes: readonly NodeView[],
  configs: ReadonlyMap<string, string>,
  pods: readonly PodView[],
  book: AddressBook,
): ReadonlyMap<string, NodeIdentity> {
  const byProvider = new Map(
    nodes.flatMap((node) => (node.instanceID === undefined ? [] : [[node.instanceID, node]])),
  );
  const guessed = guesses(pods, book);
  const groups = new Map(nodes.map((node) => [node.name, node.group]));
  const found = new Map<string, NodeIdentity>();
  for (const face of interfaces) {
    const instanceID = face.attachment?.instanceID;
    if (instanceID === undefined || found.has(instanceID)) continue;
    const provider = byProvider.get(instanceID);
    const config = configs.get(instanceID);
    const guess = guessed.get(instanceID);
    const node = provider?.name ?? config ?? guess?.node;
    const group = provider?.group ?? (node === undefined ? undefined : groups.get(node));
    const source =
      provider !== undefined ? "providerID" : config !== undefined ? "NodeENIConfig" : guess?.source;
    found.set(instanceID, {
      instanceID,
      source: source ?? "none",
      ...(node === undefined ? {} : { node }),
      ...(group === undefined ? {} : { group }),
    });
  }
  return found;
}

interface Guess {
  readonly node: string;
  readonly source: "node-name" | "pods";
}

function guesses(pods: readonly PodView[], book: AddressBook): ReadonlyMap<string, Guess> {
  const found = new Map<string, Guess>();
  const refuted = new Set<string>();
  const names = new Set(pods.flatMap((pod) => (pod.nodeName === undefined ? [] : [pod.nodeName])));
  for (const name of names) {
    const address = addressInName(name);
    const hosts =
      address === undefined ? [] : book.places(address).filter((place) => place.role === "primary");
    const instanceID = hosts.length === 1 ? hosts[0]?.face.attachment?.instanceID : undefined;
    if (instanceID !== undefined) found.set(instanceID, { node: name, source: "node-name" });
  }
  for (const pod of pods) {
    if (pod.finished || pod.nodeName === undefined) continue;
    for (const address of pod.addresses) {
      const places = book.places(address);
      const instanceID = places.length === 1 ? places[0]?.face.attachment?.instanceID : undefined;
      if (instanceID === undefined) continue;
      const known = found.get(instanceID);
      if (known === undefined) found.set(instanceID, { node: pod.nodeName, source: "pods" });
      else if (known.source === "pods" && known.node !== pod.nodeName) refuted.add(instanceID);
    }
  }
  for (const instanceID of refuted) found.delete(instanceID);
  return found;
}

function addressInName(name: string): Address | undefined {
  const match = ADDRESS_IN_NAME.exec(name);
  return match === null ? undefined : parseAddress(match.slice(1, 5).join("."));
}
