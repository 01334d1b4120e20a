import type { NetworkInterface } from "../../domain/evidence.ts";
import { saysKeep, TAG } from "../../domain/objects/names.ts";
import type { NodeENIConfigStatus } from "../../domain/objects/nodeeniconfig.ts";
import type { AgentPorts } from "../ports.ts";

type Interfaces = NonNullable<NodeENIConfigStatus["interfaces"]>;

/** Whether addresses of an interface may be handed out: a plain one of ours, attached, that nobody opted out. */
export function isUsable(item: NetworkInterface, instanceID: string): boolean {
  return (
    item.attachment?.instanceID === instanceID &&
    item.attachment.status === "attached" &&
    item.type === "interface" &&
    item.requesterManaged === false &&
    item.operatorManaged !== true &&
    !saysKeep(item.tags, TAG.keep) &&
    item.tags?.[TAG.vpcCniNoManage] !== "true"
  );
}

export async function usableInterfaces({
  cloud,
  host,
}: Pick<AgentPorts, "cloud" | "host">): Promise<readonly NetworkInterface[]> {
  const all = await cloud.interfacesOfInstance(host.instanceID);
  return all.filter((item) => isUsable(item, host.instanceID));
}

export async function attachedInterfaces(ports: Pick<AgentPorts, "cloud" | "host">): Promise<Interfaces> {
  return (await usableInterfaces(ports)).map(noted);
}

export const noted = ({ id, subnetID }: NetworkInterface): Interfaces[number] => ({
  id,
  ...(subnetID === undefined ? {} : { subnetID }),
  state: "Attached",
});
