import type { Operation } from "../operation/operation.ts";
import { isPooled } from "./choose.ts";
import { freeRecords } from "./free-records.ts";

/**
 * Ends one sandbox: its network first (H27), then cooling, durable (H28), then its VpcIP. Told apart by container ID: a late
 * DEL of an old sandbox finds nothing of the new one's (H26).
 */
export async function delSandbox(operation: Operation, containerID: string): Promise<void> {
  if (isEvidenceMissing(operation, containerID)) await operation.writeStatus();
  await operation.mayGoOn();
  await operation.ports.host.disconnect(containerID);
  await operation.writeStatus();
  await freeRecords(operation, ({ spec }) => spec.claim?.containerID === containerID);
}

/**
 * Whether only the sandbox itself shows that its address was handed out: then that is written down while it lives. A static
 * address does not cool down, but leaves the pool so.
 */
function isEvidenceMissing(operation: Operation, containerID: string): boolean {
  const { sandboxes, status, records } = operation;
  const live = sandboxes.find((sandbox) => sandbox.containerID === containerID);
  if (live === undefined) return false;
  const isNamed = (status.inUse ?? []).some((sandbox) => sandbox.containerID === containerID);
  const isStatic = records.get(live.address)?.spec.claim?.uid !== undefined;
  return !isNamed && (isStatic || !isPooled(operation, live));
}
