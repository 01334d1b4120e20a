import type { NetworkInterface } from "../../domain/evidence.ts";
import type { StoredVpcIPClaim } from "../../domain/objects/vpcipclaim.ts";
import { addressesOn } from "../node/interfaces.ts";
import type { AgentPorts } from "../ports.ts";
import { addressOfClaim } from "./claim.ts";

type Ports = Pick<AgentPorts, "cluster" | "cloud">;

/**
 * Whether EC2 still has the address that a claim names, where its VpcIP says; or, where that was lost, on the node that the claim
 * names. What etcd alone says counts for nothing: it may have gone back, and the address be given back since (H61).
 */
export async function isLaid(ports: Ports, claim: StoredVpcIPClaim): Promise<boolean> {
  const address = addressOfClaim(claim);
  if (address === undefined) return false;
  const found = await ports.cluster.getVpcIP(address);
  if (found.found && !found.object.readable) return true;
  const spec = found.found && found.object.readable ? found.object.object.spec : undefined;
  if (spec?.claim !== undefined && spec.claim.uid !== claim.metadata.uid) return false;
  const interfaces =
    spec?.interfaceID === undefined
      ? await interfacesOfNode(ports, claim.status?.nodeName)
      : await ports.cloud.interfacesByID([spec.interfaceID]);
  return interfaces.some((item) => addressesOn(item).includes(address));
}

async function interfacesOfNode(
  { cluster, cloud }: Ports,
  nodeName: string | undefined,
): Promise<readonly NetworkInterface[]> {
  if (nodeName === undefined) return [];
  const config = await cluster.getNodeConfig(nodeName);
  const status = config.found && config.object.readable ? config.object.object.status : undefined;
  return status?.instanceID === undefined ? [] : cloud.interfacesOfInstance(status.instanceID);
}
