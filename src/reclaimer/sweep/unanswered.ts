import type { SweepPorts } from "../settings.ts";
import type { SweepContext } from "./context.ts";

/**
 * An ipamd that left its lease free did not answer: it is dead, or still starting. Nothing works on its node without that lease, so
 * its last report proves what it proved when it was written, and what it proves is released: a leak must not wait for a daemon
 * that never comes back. But the node has no allocator, and people are told. An instance that isn't known to run says nothing.
 */
export function alarmUnanswered({ notices }: SweepPorts, { truth, node }: SweepContext): void {
  const instanceID = truth.config?.status?.instanceID;
  if (truth.evidence.instances.get(instanceID ?? "") !== "running") return;
  const message = `its ipamd does not answer, and instance ${instanceID} runs: the node was swept by its last report`;
  notices.alarm({ kind: "allocator-silent", message, node });
}
