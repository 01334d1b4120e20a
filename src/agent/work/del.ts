import type { Operation } from "../operation/operation.ts";
import { freeRecords } from "./free-records.ts";

/**
 * Ends one sandbox: its network first (H27), then cooling, durable (H28), then its VpcIP. Told apart by container ID: a late
 * DEL of an old sandbox finds nothing of the new one's (H26).
 */
export async function delSandbox(operation: Operation, containerID: string): Promise<void> {
  await operation.mayGoOn();
  await operation.ports.host.disconnect(containerID);
  await operation.writeStatus();
  await freeRecords(operation, ({ spec }) => spec.claim?.containerID === containerID);
}
