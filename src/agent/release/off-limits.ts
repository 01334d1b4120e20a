import { type Address, prefixMembers } from "../../domain/address.ts";
import type { NetworkInterface } from "../../domain/evidence.ts";
import { saysKeep, TAG } from "../../domain/objects/names.ts";
import type { AgentPorts } from "../ports.ts";

/**
 * Whether an allocator takes nothing from an interface, whatever its objects say: one of another kind, one that a service or
 * another machine has, one that a person opted out, another cluster's (design §4.6). A detached one is ours by our tag alone.
 */
export async function isOffLimits(
  { cluster, host }: Pick<AgentPorts, "cluster" | "host">,
  item: NetworkInterface,
): Promise<boolean> {
  const { type, requesterManaged, operatorManaged, attachment, tags } = item;
  if (type !== "interface" || requesterManaged !== false || operatorManaged === true) return true;
  if (saysKeep(tags, TAG.keep) || tags?.[TAG.vpcCniNoManage] === "true") return true;
  if (attachment !== undefined && attachment.instanceID !== host.instanceID) return true;
  const uid = tags?.[TAG.clusterUID];
  if (uid === undefined) return attachment === undefined;
  return uid !== (await cluster.clusterUID());
}

/** A primary address, and a member of a prefix, never go alone (H18, H35). */
export const isNeverAlone = ({ primary, prefixes }: NetworkInterface, address: Address): boolean =>
  primary === address || prefixes.some((prefix) => prefixMembers(prefix).includes(address));
