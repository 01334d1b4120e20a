import type { Address } from "../../domain/address.ts";
import type { Evidence, NetworkInterface } from "../../domain/evidence.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { isWithoutPlace } from "../../domain/record-transitions.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { type Failure, failuresOf, inParallel } from "../parallel.ts";
import type { CollectPorts } from "../settings.ts";

const LANES = 8;

export interface Placed {
  readonly failed: readonly Failure[];
}

/** A retained address, and where EC2 has it. */
interface Found {
  readonly address: Address;
  readonly nodeName: string;
  readonly instanceID: string;
  readonly interfaceID: string;
}

/**
 * Static claims whose record names no place, while EC2 has given their address to one of our nodes all the same (a refill that
 * names no address may be given any), which may list it in its pool. Nobody can hand it out there, for its name is taken, and EC2
 * refuses it to everybody else. So the record is told where the address is: the allocator there takes it out of its pool, and the
 * claim's Pod uses it there, or asks that node to let it go, as in any other move (design §6). Nothing is released by it.
 */
export async function placeClaims(
  ports: CollectPorts,
  evidence: Evidence,
  verdicts: readonly Verdict[],
): Promise<Placed> {
  const interfaces = new Map(evidence.interfaces.map((item) => [item.id, item]));
  const found = verdicts.flatMap((verdict): Found[] => {
    const { address, node, interfaceID } = verdict;
    const instanceID = interfaces.get(interfaceID ?? "")?.attachment?.instanceID;
    const isRetained =
      verdict.decision === "keep" && (verdict.reason === "retained" || verdict.reason === "pool");
    if (!isRetained || node === undefined || interfaceID === undefined || instanceID === undefined) return [];
    return saysNoPlace(evidence, address) ? [{ address, nodeName: node, instanceID, interfaceID }] : [];
  });
  const results = await inParallel(found, LANES, (one) => place(ports, one));
  const failed = failuresOf(results, ({ address }) => `VpcIP ${address}`);
  return { failed };
}

function saysNoPlace({ vpcIPs }: Evidence, address: Address): boolean {
  const record = vpcIPs?.get(address);
  if (record?.known === "whole") return isWithoutPlace(record.object);
  return record?.known === "labels" && record.labels.interface === undefined;
}

/** EC2 is asked once more between read and write: whoever serves the claim meanwhile writes into the record before he asks EC2. */
async function place(
  { cluster, cloud, budget, writer }: CollectPorts,
  { address, nodeName, instanceID, interfaceID }: Found,
): Promise<void> {
  const found = await cluster.getVpcIP(address);
  if (!found.found || !found.object.readable || !isWithoutPlace(found.object.object)) return;
  const record: StoredVpcIP = found.object.object;
  await budget.reserve({ DescribeNetworkInterfaces: 1 });
  const [item] = await cloud.interfacesByID([interfaceID]);
  if (!isStillThere(item, address, instanceID)) return;
  const subnet = item?.subnetID === undefined ? {} : { subnetID: item.subnetID };
  await writer.replaceVpcIP({
    ...record,
    spec: { ...record.spec, nodeName, instanceID, interfaceID, ...subnet },
  });
}

const isStillThere = (item: NetworkInterface | undefined, address: Address, instanceID: string): boolean =>
  item?.attachment?.instanceID === instanceID && item.addresses.includes(address);
