import { parseAddress } from "../../domain/address.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { addressOfRecord, isAt } from "../node/own-record.ts";
import type { Picture } from "../node/picture.ts";
import type { Operation } from "../operation/operation.ts";
import { dropRecord } from "./take-address.ts";

/**
 * Drops the VpcIPs of sandboxes that are no more, once pool or cooling of a durable status keeps their addresses (design
 * §4.1). One that neither keeps is left to the reclaimer: nothing shows that its address is still on the interface.
 */
export async function freeRecords(
  operation: Operation,
  isMeant: (record: StoredVpcIP) => boolean = () => true,
): Promise<void> {
  for (const record of [...operation.records.values()]) {
    if (isMeant(record) && isFreed(operation, record)) await dropRecord(operation, record);
  }
}

/** Whether there is such work. */
export const hasFreed = (picture: Picture): boolean =>
  [...picture.records.values()].some((record) => isFreed(picture, record));

function isFreed(picture: Picture, record: StoredVpcIP): boolean {
  const { claim, release, interfaceID } = record.spec;
  if (claim === undefined || claim.uid !== undefined || release !== undefined) return false;
  if (!isAt(record, picture.machine)) return false;
  const address = addressOfRecord(record);
  const live = picture.sandboxes.some(
    (sandbox) => sandbox.address === address || sandbox.containerID === claim.containerID,
  );
  const { pool = [], cooling = [] } = picture.status;
  return (
    !live &&
    [...pool, ...cooling].some(
      (entry) => entry.interfaceID === interfaceID && parseAddress(entry.address) === address,
    )
  );
}
