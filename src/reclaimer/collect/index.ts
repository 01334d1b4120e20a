import { passGate } from "../guard/gate.ts";
import type { CollectRequest, CollectSummary } from "../requests.ts";
import type { CollectPorts, Settings } from "../settings.ts";
import { collectDue } from "./due.ts";
import { collectLeaks } from "./leaks.ts";
import { collectTerminated } from "./terminated.ts";

const NOTHING = {
  interfaces: 0,
  addresses: 0,
  leaked: 0,
  kept: 0,
  unknown: 0,
  marked: 0,
  unmarked: 0,
} as const;

/** Finds what looks leaked, writes it down, and says which nodes to sweep. It can't release anything. */
export async function collect(
  ports: CollectPorts,
  settings: Settings,
  request: CollectRequest,
): Promise<CollectSummary> {
  const run = ports.identities.unique();
  const gate = await passGate(ports);
  if (!gate.open) return { run, kind: request.kind, frozen: gate.why, ...NOTHING, queued: [], failed: [] };
  const result = await pass(ports, settings, request, run, gate);
  for (const { subject, why } of result.failed) {
    ports.notices.alarm({ kind: "item-failed", message: why, subject });
  }
  // The dead man's alarm watches the daily run: a five-minute run that goes well must not hide that it fails.
  if (request.kind === "leaks") ports.notices.count("CollectSucceeded", 1);
  return { run, kind: request.kind, ...result };
}

function pass(
  ports: CollectPorts,
  settings: Settings,
  request: CollectRequest,
  run: string,
  gate: Parameters<typeof collectLeaks>[3],
) {
  switch (request.kind) {
    case "leaks":
      return collectLeaks(ports, settings, run, gate);
    case "due":
      return collectDue(ports, settings, run, gate);
    case "instance-terminated":
      return collectTerminated(ports, settings, run, gate, request.instanceID);
  }
}
