import { type Address, parseAddress } from "./address.ts";
import type { NetworkInterface } from "./evidence.ts";
import type { Parsed } from "./objects/metadata.ts";
import type { StoredNodeENIConfig } from "./objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "./objects/vpcip.ts";

/** An address that a tombstone binds to an interface (design §4.4d). */
export interface Binding {
  readonly address: Address;
  readonly interfaceID: string;
}

/** The bindings of a record that are over: nothing late can come any more. */
export function endedBindings({ metadata, spec }: StoredVpcIP, now: number): readonly Binding[] {
  const address = parseAddress(metadata.name);
  if (address === undefined) return [];
  return (spec.tombstones ?? []).flatMap(({ interfaceID, until }) =>
    Date.parse(until) <= now ? [{ address, interfaceID }] : [],
  );
}

/** Whose pool may list a bound address. */
export type Owners =
  /** None: the interface's node is gone, and nobody's pool lists it. */
  | { readonly known: true; readonly configs: readonly StoredNodeENIConfig[] }
  | { readonly known: false; readonly why: string };

/**
 * The NodeENIConfigs to take a bound address out of before its tombstone ends (H69): that of the instance which has the
 * interface, and each that lists the interface, or the address on it. Where the instance's isn't among those that can be read,
 * it may be one that can't.
 *
 * @param item the interface as EC2 has it; undefined where EC2 doesn't know it
 */
export function ownersOf(
  { address, interfaceID }: Binding,
  item: NetworkInterface | undefined,
  configs: readonly Parsed<StoredNodeENIConfig>[],
): Owners {
  const instanceID = item?.attachment?.instanceID;
  const owners = configs.flatMap((config) => {
    if (!config.readable) return [];
    const { instanceID: own, interfaces = [], pool = [], cooling = [] } = config.object.status ?? {};
    const lists = [...pool, ...cooling].some(
      (entry) => entry.interfaceID === interfaceID && parseAddress(entry.address) === address,
    );
    const isOwner =
      lists || interfaces.some(({ id }) => id === interfaceID) || (own !== undefined && own === instanceID);
    return isOwner ? [config.object] : [];
  });
  const unread = configs.flatMap((config) => (config.readable ? [] : [config.name]));
  const isFound = owners.some(({ status }) => instanceID !== undefined && status?.instanceID === instanceID);
  if (unread.length === 0 || item === undefined || isFound) return { known: true, configs: owners };
  return { known: false, why: `${interfaceID} may be of node ${unread[0]}, whose config can't be read` };
}
