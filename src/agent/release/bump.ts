import { parseAddress } from "../../domain/address.ts";
import type { Place } from "../node/own-record.ts";
import type { Operation } from "../operation/operation.ts";

/**
 * The bump (design §4.4b), before any intent: whatever was based on the config as it was fails from here on, and no open refill
 * is recorded any more. What a refill had brought is found as never recorded.
 *
 * @param without what its VpcIP keeps from here on, and neither pool nor cooling
 */
export async function bump(operation: Operation, without?: Place): Promise<void> {
  const stays = (entry: { readonly address: string; readonly interfaceID: string }): boolean =>
    entry.interfaceID !== without?.interfaceID || parseAddress(entry.address) !== without.address;
  await operation.writeStatus((status) => ({
    ...status,
    sweepEpoch: (status.sweepEpoch ?? 0) + 1,
    refills: [],
    pool: (status.pool ?? []).filter(stays),
    cooling: (status.cooling ?? []).filter(stays),
  }));
}
