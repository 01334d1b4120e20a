import type { Evidence } from "../../domain/evidence.ts";
import { markAgeSeconds, needsMark } from "../../domain/plan/releases.ts";
import { isPutOff } from "../../domain/put-off.ts";
import { isLeaked, type Verdict } from "../../domain/verdict.ts";
import type { SweepMessage } from "../../ports/queue.ts";
import type { CollectPorts, Settings } from "../settings.ts";

/** The nodes on which a mark is due now: leaked, nothing holds it back, and the mark has stood long enough. */
export function dueNodes(
  settings: Settings,
  evidence: Evidence,
  verdicts: readonly Verdict[],
): readonly string[] {
  const nodes = new Set<string>();
  for (const verdict of verdicts) {
    if (!isLeaked(verdict) || verdict.heldBack !== undefined || verdict.node === undefined) continue;
    const record = evidence.vpcIPs?.get(verdict.address);
    if (record?.known !== "whole") continue;
    const age = markAgeSeconds(evidence, record.object);
    const isOld = age !== undefined && age >= settings.markAgeSeconds;
    if (isPutOff(record.object, evidence.now)) continue;
    if (isOld || !needsMark(verdict, record.object)) nodes.add(verdict.node);
  }
  return [...nodes];
}

/** One message a dirty node; a clean node gets none and is never paused. */
export async function queueNodes(
  ports: Pick<CollectPorts, "queue" | "notices">,
  run: string,
  nodes: readonly string[],
): Promise<readonly string[]> {
  const messages = nodes.map((node): SweepMessage => ({ node, run, attempt: 0, delaySeconds: 0 }));
  if (messages.length > 0) await ports.queue.send(messages);
  ports.notices.count("DirtyNodes", nodes.length);
  return nodes;
}
