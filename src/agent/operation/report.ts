import type { Operation } from "./operation.ts";

/**
 * The report (design §4.3): pool, cooling and what is in use, true at this acquisition. After it nothing may be done under the
 * same one.
 */
export async function writeReport(operation: Operation): Promise<void> {
  const reportedUnder = operation.lease.identity;
  await operation.writeStatus((status) => ({ ...status, reportedUnder }));
}
