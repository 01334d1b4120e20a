import type { Operation } from "../operation/operation.ts";
import { freeRecords } from "./free-records.ts";

/**
 * Ends one sandbox: its network first (H27), then cooling, durable (H28), then its VpcIP. Told apart by container ID: a late
 * DEL of an old sandbox finds nothing of the new one's (H26).
 */
export async function delSandbox(operation: Operation, containerID: string): Promise<void> {
  // A static address stays with its VpcIP: it leaves the pool while its sandbox shows that it was handed out.
  const isStatic = [...operation.records.values()].some(
    ({ spec }) => spec.claim?.containerID === containerID && spec.claim.uid !== undefined,
  );
  if (isStatic) await operation.writeStatus();
  await operation.mayGoOn();
  await operation.ports.host.disconnect(containerID);
  await operation.writeStatus();
  await freeRecords(operation, ({ spec }) => spec.claim?.containerID === containerID);
}
