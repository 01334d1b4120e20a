import { type Address, prefixMembers } from "../../domain/address.ts";
import type { NetworkInterface } from "../../domain/evidence.ts";
import { saysKeep, TAG } from "../../domain/objects/names.ts";
import type { NodeENIConfigStatus } from "../../domain/objects/nodeeniconfig.ts";
import type { AgentPorts } from "../ports.ts";

type Interfaces = NonNullable<NodeENIConfigStatus["interfaces"]>;

/**
 * Whether addresses of an interface may be handed out: a plain one, attached here, that nobody opted out, and that no other
 * cluster's agent has tagged (H65). One without a tag is ours by its instance (H76).
 */
function isUsable(item: NetworkInterface, instanceID: string, clusterUID: string): boolean {
  return (
    (item.tags?.[TAG.clusterUID] ?? clusterUID) === clusterUID &&
    item.attachment?.instanceID === instanceID &&
    item.attachment.status === "attached" &&
    isPlain(item)
  );
}

/** Whether an interface is of the kind that Pods' addresses are on, no service has it, and nobody opted it out (design §4.6). */
export const isPlain = ({ type, requesterManaged, operatorManaged, tags }: NetworkInterface): boolean =>
  type === "interface" &&
  requesterManaged === false &&
  operatorManaged !== true &&
  !saysKeep(tags, TAG.keep) &&
  tags?.[TAG.vpcCniNoManage] !== "true";

export async function usableInterfaces({
  cloud,
  cluster,
  host,
}: Pick<AgentPorts, "cloud" | "cluster" | "host">): Promise<readonly NetworkInterface[]> {
  const clusterUID = await cluster.clusterUID();
  const all = await cloud.interfacesOfInstance(host.instanceID);
  return all.filter((item) => isUsable(item, host.instanceID, clusterUID));
}

export async function attachedInterfaces(
  ports: Pick<AgentPorts, "cloud" | "cluster" | "host">,
): Promise<Interfaces> {
  return (await usableInterfaces(ports)).map(noted);
}

/** What is on an interface beside its primary: its secondaries, and every member of its prefixes, which EC2 doesn't list. */
export const addressesOn = (item: NetworkInterface): readonly Address[] => [
  ...item.addresses,
  ...membersOf(item),
];

/** The members of an interface's prefixes: none of them can be given back, or moved, alone. */
export const membersOf = ({ prefixes }: NetworkInterface): readonly Address[] =>
  prefixes.flatMap(prefixMembers);

export const noted = ({ id, subnetID }: NetworkInterface): Interfaces[number] => ({
  id,
  ...(subnetID === undefined ? {} : { subnetID }),
  state: "Attached",
});
