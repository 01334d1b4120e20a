import { parseAddress } from "../../domain/address.ts";
import { isAdoptable } from "../node/own-record.ts";
import type { Picture } from "../node/picture.ts";

/** What the pool lacks, or has too much of. */
export interface Balance {
  readonly missing: number;
  readonly excess: number;
}

/**
 * Between low and high water nothing is done. Below it is filled half way up, with what cools down taken into account, so that
 * not each Pod asks EC2.
 *
 * @param wanted how many somebody waits for, whatever the low water is
 */
export function balanceOf(picture: Picture, wanted = 0): Balance {
  const { status, settings, config } = picture;
  const { min = settings.warmPool.min, max = settings.warmPool.max } = config.spec?.warmPool ?? {};
  const usable = usableOf(picture);
  const low = Math.max(min, wanted);
  const high = Math.max(max, low);
  const middle = Math.ceil((low + high) / 2) - (status.cooling ?? []).length;
  const missing = usable >= low ? 0 : Math.max(low, middle) - usable;
  return { missing, excess: Math.max(0, usable - high) };
}

/** How many of the pool could be handed out now. */
function usableOf({ status, records, unreadable, sandboxes }: Picture): number {
  const live = new Set(sandboxes.map(({ address }) => address));
  return (status.pool ?? []).filter(({ address: text, interfaceID }) => {
    const address = parseAddress(text);
    if (address === undefined || live.has(address) || unreadable.has(address)) return false;
    const record = records.get(address);
    return record === undefined || isAdoptable(record, interfaceID);
  }).length;
}
