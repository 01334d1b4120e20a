/** How a trouble changes a draft. */
import type { Address } from "../../src/domain/address.ts";
import type { ManagedNode, NetworkInterface, PodView } from "../../src/domain/evidence.ts";
import type { NodeENIConfigStatus } from "../../src/domain/objects/nodeeniconfig.ts";
import type { Draft } from "./messy.ts";

/** As somebody wrote it before anybody checked: with leading zeros. */
export const spelled = (address: Address, oddly: boolean): string =>
  oddly ? address.replace(/^10\./, "010.") : address;

export function changeNode(draft: Draft, name: string, change: Partial<ManagedNode>): void {
  const old = draft.nodes.get(name);
  if (old !== undefined) draft.nodes.set(name, { ...old, ...change });
}

export function changeStatus(
  draft: Draft,
  name: string,
  change: (status: NodeENIConfigStatus) => NodeENIConfigStatus,
): void {
  const old = draft.nodes.get(name);
  if (old?.config.readable !== true) return;
  const object = { ...old.config.object, status: change(old.config.object.status ?? {}) };
  changeNode(draft, name, { config: { readable: true, object } });
}

export function changeInterface(draft: Draft, id: string, change: Partial<NetworkInterface>): void {
  draft.interfaces = draft.interfaces.map((item) => (item.id === id ? { ...item, ...change } : item));
}

/** A Pod has one UID; lists of different moments may show two of one name. */
export function addPod(draft: Draft, added: PodView): void {
  draft.pods = [...draft.pods.filter(({ uid }) => uid !== added.uid), added];
}

export const without = <T extends object, K extends keyof T>(from: T, key: K): Omit<T, K> => {
  const { [key]: _gone, ...rest } = from;
  return rest;
};
