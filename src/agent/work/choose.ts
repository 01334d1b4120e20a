import { type Address, parseAddress } from "../../domain/address.ts";
import { isAdoptable, type Place } from "../node/own-record.ts";
import type { Picture } from "../node/picture.ts";

/**
 * The next address of the pool that may be handed out, as far as is known here: none that one of the own sandboxes has (design
 * §4.1), that a tombstone binds to its interface, or whose VpcIP is somebody's.
 */
export function choose(picture: Picture, except: ReadonlySet<Address>, only?: Address): Place | undefined {
  const { status, records, unreadable, sandboxes } = picture;
  const live = new Set(sandboxes.map(({ address }) => address));
  const cooling = new Set((status.cooling ?? []).map(({ address }) => parseAddress(address)));
  const attached = new Set(
    (status.interfaces ?? [])
      .filter(({ state }) => state === undefined || state === "Attached")
      .map(({ id }) => id),
  );
  for (const { address: text, interfaceID } of status.pool ?? []) {
    const address = parseAddress(text);
    if (address === undefined || except.has(address) || live.has(address)) continue;
    if (only !== undefined && address !== only) continue;
    if (cooling.has(address) || unreadable.has(address) || !attached.has(interfaceID)) continue;
    const record = records.get(address);
    if (record === undefined || isAdoptable(record, interfaceID)) return { address, interfaceID };
  }
  return undefined;
}

/** Whether a status has an address in the pool of an interface. */
export function isPooled({ status }: Picture, { address, interfaceID }: Place): boolean {
  return (status.pool ?? []).some(
    (entry) => entry.interfaceID === interfaceID && parseAddress(entry.address) === address,
  );
}
