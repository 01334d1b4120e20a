import { type Address, parseAddress } from "../../domain/address.ts";
import type { NodeENIConfigStatus } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { addressesOn } from "../node/interfaces.ts";
import type { AgentPorts } from "../ports.ts";

type Entry = { readonly address: string; readonly interfaceID?: string | undefined };

/**
 * Where etcd's memory is in doubt (H61) a status is held against EC2 before anything follows from it: what is not on its
 * interface leaves pool and cooling, and what `inUse` named of it must not begin to cool down. A look that is too old drops
 * too much at worst, and the reclaimer finds that again.
 *
 * @returns what is left of a status
 */
export async function whatIsThere(
  ports: Pick<AgentPorts, "cloud" | "host">,
): Promise<(status: NodeENIConfigStatus) => NodeENIConfigStatus> {
  const { cloud, host } = ports;
  // Of any kind: what may be handed out is another question.
  const attached = (await cloud.interfacesOfInstance(host.instanceID)).filter(
    ({ attachment }) => attachment?.instanceID === host.instanceID,
  );
  const there = new Set(
    attached.flatMap((item) => addressesOn(item).map((address) => keyOf({ address, interfaceID: item.id }))),
  );
  const isThere = (entry: Entry): boolean => there.has(keyOf(entry));
  return (status) => {
    const { pool, cooling, inUse } = status;
    return {
      ...status,
      ...(pool === undefined ? {} : { pool: pool.filter(isThere) }),
      ...(cooling === undefined ? {} : { cooling: cooling.filter(isThere) }),
      ...(inUse === undefined ? {} : { inUse: inUse.filter(isThere) }),
    };
  };
}

/**
 * After etcd went back its pool may list what a sandbox had a moment ago, and nothing there names that any more (H28): what no
 * VpcIP accounts for cools down first. What cools down already does so for as long, for EC2's first answer may be an old view (H07).
 *
 * @param until API-server time, milliseconds since the epoch
 */
export function rested(
  status: NodeENIConfigStatus,
  records: ReadonlyMap<Address, StoredVpcIP>,
  until: number,
): NodeENIConfigStatus {
  const { pool = [], cooling = [] } = status;
  const isFree = ({ address }: Entry): boolean => {
    const parsed = parseAddress(address);
    return parsed !== undefined && !records.has(parsed);
  };
  const later = (before?: string): string =>
    new Date(Math.max(until, Date.parse(before ?? "") || 0)).toISOString();
  return {
    ...status,
    pool: pool.filter((entry) => !isFree(entry)),
    cooling: [
      ...cooling.map((entry) => ({ ...entry, until: later(entry.until) })),
      ...pool.filter(isFree).map(({ address, interfaceID }) => ({ address, interfaceID, until: later() })),
    ],
  };
}

/**
 * What a static claim names and no VpcIP accounts for is nobody's but its own, also where an older pool, or an older cooling, lists
 * it: the claim keeps it, and its Pod asks for it by name.
 *
 * @param named by static claims; undefined: nobody can say, and nothing leaves the pool for it
 */
export function unnamed(
  status: NodeENIConfigStatus,
  records: ReadonlyMap<Address, StoredVpcIP>,
  named: ReadonlySet<Address> | undefined,
): NodeENIConfigStatus {
  const { pool = [], cooling = [] } = status;
  const isOpen = ({ address }: Entry): boolean => {
    const parsed = parseAddress(address);
    return parsed === undefined || records.has(parsed) || named?.has(parsed) !== true;
  };
  return { ...status, pool: pool.filter(isOpen), cooling: cooling.filter(isOpen) };
}

const keyOf = ({ address, interfaceID }: Entry): string => `${parseAddress(address)} ${interfaceID}`;
