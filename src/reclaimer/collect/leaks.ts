import type { Evidence } from "../../domain/evidence.ts";
import { judge } from "../../domain/judgement/index.ts";
import { breakerTrips, type Trip } from "../../domain/plan/breaker.ts";
import { planMarks } from "../../domain/plan/marks.ts";
import { isLeaked, subjectOf, type Verdict } from "../../domain/verdict.ts";
import { type Gate, writeBreaker } from "../guard/gate.ts";
import { heldBackBy } from "../mode.ts";
import type { CollectSummary } from "../requests.ts";
import type { CollectPorts, Settings } from "../settings.ts";
import { noteAbsences } from "./claim-absence.ts";
import { lookCloser } from "./closer-look.ts";
import { nodesBoundTooLong } from "./ended-on-claims.ts";
import { goneNodes } from "./gone-nodes.ts";
import { nodesOfLeases } from "./left-leases.ts";
import { readLists, serverTime } from "./lists.ts";
import { writeLostStatuses } from "./lost-status.ts";
import { placeClaims } from "./place-claims.ts";
import { dueNodes, queueNodes } from "./queue-nodes.ts";
import { alarmUnreadClaims } from "./unread-claims.ts";
import { alarmUntagged } from "./untagged.ts";
import { writeMarks } from "./write-marks.ts";

type OpenGate = Extract<Gate, { open: true }>;
type Result = Omit<CollectSummary, "run" | "kind">;

/** The mark pass (design §4.1, §4.2): lists, a closer look at suspects, judgement, breaker, marks, messages. */
export async function collectLeaks(
  ports: CollectPorts,
  settings: Settings,
  run: string,
  gate: OpenGate,
): Promise<Result> {
  const lists = await readLists(ports, settings, gate.sentinels);
  alarmUntagged(ports, lists);
  const absences = await noteAbsences(ports, lists);
  const look = await lookCloser(ports, settings, { ...lists, claims: absences.claims });
  const verdicts = judge(look.evidence, settings).map(settled);
  alarmUnreadClaims(ports, look.evidence, verdicts);
  const trips = breakerTrips(look.evidence, verdicts, settings.breaker);
  await writeBreaker(ports, trips);
  announceTrips(ports, trips);
  const held = withHeldBack(settings, trips, look.evidence, verdicts);
  ports.notices.judged("collect", run, held);

  const written = await writeMarks(ports, planMarks(look.evidence, held), serverTime(ports));
  const placed = await placeClaims(ports, look.evidence, verdicts);
  const unwritten = await writeLostStatuses(ports, look.evidence, verdicts);
  const dirty = dueNodes(settings, look.evidence, held);
  const gone = await goneNodes(ports, settings, look.evidence);
  const bound = await nodesBoundTooLong(ports, settings, {
    ...look.evidence,
    ...(lists.vpcIPs && { vpcIPs: lists.vpcIPs }),
  });
  const leases = await nodesOfLeases(ports, settings, look.evidence);
  const nodes = new Set([...dirty, ...gone.names, ...bound, ...leases.names]);
  const queued = await queueNodes(ports, run, [...nodes]);
  return {
    ...countsOf(ports, look.evidence, held),
    marked: written.marked.length,
    unmarked: written.unmarked,
    queued,
    failed: [
      ...absences.failed,
      ...look.failed,
      ...written.failed,
      ...placed.failed,
      ...unwritten,
      ...gone.failed,
      ...leases.failed,
    ],
  };
}

/** What could not be looked at closely is unknown: kept, counted and reported. */
export function settled(verdict: Verdict): Verdict {
  return verdict.decision === "suspect"
    ? { ...subjectOf(verdict), decision: "unknown", reason: "records-not-read" }
    : verdict;
}

function withHeldBack(
  settings: Settings,
  trips: readonly Trip[],
  evidence: Evidence,
  verdicts: readonly Verdict[],
): readonly Verdict[] {
  return verdicts.map((verdict) => {
    if (!isLeaked(verdict)) return verdict;
    const heldBack = heldBackBy(settings, trips, evidence, verdict);
    return heldBack === undefined ? verdict : { ...verdict, heldBack };
  });
}

export function announceTrips(ports: Pick<CollectPorts, "notices">, trips: readonly Trip[]): void {
  for (const { scope, name, leaked, total, limit } of trips) {
    const where = scope === "cluster" ? "the cluster" : `${scope} ${name}`;
    const message = `${leaked} of ${total} addresses of ${where} look leaked, more than the breaker's share of ${limit}: nothing of it is released`;
    ports.notices.alarm({ kind: "breaker", message, subject: name });
  }
  ports.notices.count("BreakerTripped", trips.length);
}

export function countsOf(
  ports: CollectPorts,
  evidence: Evidence,
  verdicts: readonly Verdict[],
): Pick<Result, "interfaces" | "addresses" | "leaked" | "kept" | "unknown"> {
  const count = (decision: Verdict["decision"]) =>
    verdicts.filter((verdict) => verdict.decision === decision).length;
  const counts = { leaked: count("leaked"), kept: count("keep"), unknown: count("unknown") };
  ports.notices.count("Leaked", counts.leaked);
  ports.notices.count("Kept", counts.kept);
  ports.notices.count("Unknown", counts.unknown);
  ports.notices.count(
    "HeldBack",
    verdicts.filter((verdict) => isLeaked(verdict) && verdict.heldBack !== undefined).length,
  );
  const addresses = evidence.interfaces.reduce(
    (sum, item) => sum + item.addresses.length + 16 * item.prefixes.length,
    0,
  );
  return { interfaces: evidence.interfaces.length, addresses, ...counts };
}
