import { type Address, addressValue, type Prefix, prefixMembers } from "../address.ts";
import type { NetworkInterface } from "../evidence.ts";

/** Where an address is: an interface, and as what. */
export interface Place {
  readonly face: NetworkInterface;
  readonly role: "primary" | "secondary" | "prefix-member";
  readonly prefix?: Prefix;
}

/** Finds addresses among interfaces. The same address may be in two VPCs, so there may be several places. */
export interface AddressBook {
  places(address: Address): readonly Place[];
}

const PREFIX_MASK = 0xfffffff0;

export function addressBook(interfaces: readonly NetworkInterface[]): AddressBook {
  const single = new Map<Address, Place[]>();
  /** By the value of the prefix's first address, so that members need no entry each. */
  const inPrefix = new Map<number, Place[]>();
  for (const face of interfaces) {
    if (face.primary !== undefined) append(single, face.primary, { face, role: "primary" });
    for (const address of face.addresses) append(single, address, { face, role: "secondary" });
    for (const prefix of face.prefixes)
      append(inPrefix, addressValue(prefixMembers(prefix)[0] as string) ?? 0, {
        face,
        role: "prefix-member",
        prefix,
      });
  }
  return {
    places(address) {
      const base = ((addressValue(address) ?? 0) & PREFIX_MASK) >>> 0;
      return [...(single.get(address) ?? []), ...(inPrefix.get(base) ?? [])];
    },
  };
}

function append<K>(map: Map<K, Place[]>, key: K, place: Place): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [place]);
  else list.push(place);
}
