import { parseAddress } from "../../domain/address.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { addressOfRecord, isAt } from "../node/own-record.ts";
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
export const hasFreed = (operation: Operation): boolean =>
  [...operation.records.values()].some((record) => isFreed(operation, record));

function isFreed(operation: Operation, record: StoredVpcIP): boolean {
  const { claim, release, interfaceID } = record.spec;
  if (claim === undefined || claim.uid !== undefined || release !== undefined) return false;
  if (!isAt(record, operation.machine)) return false;
  const address = addressOfRecord(record);
  const live = operation.ports.host
    .sandboxes()
    .some((sandbox) => sandbox.address === address || sandbox.containerID === claim.containerID);
  const { pool = [], cooling = [] } = operation.status;
  return (
    !live &&
    [...pool, ...cooling].some(
      (entry) => entry.interfaceID === interfaceID && parseAddress(entry.address) === address,
    )
  );
}
