import type { Address } from "../../domain/address.ts";
import type { NetworkInterface } from "../../domain/evidence.ts";
import { TAG } from "../../domain/objects/names.ts";
import { isPlain, membersOf } from "../node/interfaces.ts";
import type { AgentPorts } from "../ports.ts";

/**
 * Whether an allocator takes nothing from an interface, whatever its objects say: one of another kind, one that a service or
 * another machine has, one that a person opted out, another cluster's (design §4.6). A detached one is ours by our tag alone.
 */
export async function isOffLimits(
  { cluster, host }: Pick<AgentPorts, "cluster" | "host">,
  item: NetworkInterface,
): Promise<boolean> {
  const { attachment, tags } = item;
  if (!isPlain(item)) return true;
  if (attachment !== undefined && attachment.instanceID !== host.instanceID) return true;
  const uid = tags?.[TAG.clusterUID];
  if (uid === undefined) return attachment === undefined;
  return uid !== (await cluster.clusterUID());
}

/** A primary address, and a member of a prefix, never go alone (H18, H35). */
export const isNeverAlone = (item: NetworkInterface, address: Address): boolean =>
  item.primary === address || membersOf(item).includes(address);
