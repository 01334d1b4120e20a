import type { NetworkInterface } from "../../domain/evidence.ts";
import type { AssignAnswer } from "../../ports/assigner.ts";
import type { Operation } from "../operation/operation.ts";
import { type Asked, afterRefusal, afterSuccess, isScarce, pausedAt, standing } from "./pauses.ts";

/** What EC2 is to be asked for. */
export interface Intent extends Asked {
  readonly count: number;
}

/**
 * The first interface that may have more, and may be asked for now.
 *
 * @param interfaces what EC2 has, those first that are to be asked first
 * @param wanted how many at most
 */
export function whereToAsk(
  operation: Operation,
  interfaces: readonly NetworkInterface[],
  wanted: number,
): Intent | { readonly why: string } {
  const { status, config, ports, lease } = operation;
  const now = ports.clock.now();
  const pauses = standing(lease.note.now.pauses, { now, epoch: status.sweepEpoch ?? 0 });
  const known = new Set((status.interfaces ?? []).map(({ id }) => id));
  // The limit counts the primary (EC2 User Guide, "IP addresses per network interface per instance type").
  const limit = config.spec?.limits?.addressesPerInterface ?? Number.POSITIVE_INFINITY;
  let why = "the node has no free address, and its interfaces have no room for one more";
  for (const { id: interfaceID, subnetID, addresses } of interfaces) {
    const room = limit - 1 - addresses.length;
    if (room <= 0 || !known.has(interfaceID)) continue;
    const asked: Asked = { interfaceID, subnetID };
    const pause = pausedAt(pauses, asked, now);
    if (pause === undefined) return { ...asked, count: isScarce(pauses, asked) ? 1 : Math.min(wanted, room) };
    why = pause.why;
  }
  return { why };
}

/** What EC2 refused is not asked for again before its time; what it has assigned may be asked for at once. */
export async function notePauses(operation: Operation, intent: Intent, answer: AssignAnswer): Promise<void> {
  const { ports, lease, status } = operation;
  if (answer.kind === "unclear") return;
  const moment = { now: ports.clock.now(), epoch: status.sweepEpoch ?? 0 };
  const { pauses: before = {} } = lease.note.now;
  const pauses = standing(before, moment);
  if (answer.kind === "done") {
    if (Object.keys(before).length > 0) await lease.note.change({ pauses: afterSuccess(pauses, intent) });
    return;
  }
  const chance = chanceOf(ports.identities.unique());
  await lease.note.change({ pauses: afterRefusal(pauses, { ...intent, answer, chance }, moment) });
}

/** In [0, 1), from a text that nobody can guess: FNV-1a, 32 bits (IETF draft-eastlake-fnv). */
function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
