import type { Evidence } from "../domain/evidence.ts";
import { judge } from "../domain/judgement/index.ts";
import { breakerTrips } from "../domain/plan/breaker.ts";
import { planMarks } from "../domain/plan/marks.ts";
import { markAgeSeconds } from "../domain/plan/releases.ts";
import {
  type HeldBack,
  isLeaked,
  type KeepReason,
  type UnknownReason,
  type Verdict,
} from "../domain/verdict.ts";
import { lookCloser } from "./collect/closer-look.ts";
import { settled } from "./collect/leaks.ts";
import { readLists, serverTime } from "./collect/lists.ts";
import { writeMarks } from "./collect/write-marks.ts";
import { lookAtGate } from "./guard/gate.ts";
import { heldBackBy } from "./mode.ts";
import { messageOf } from "./parallel.ts";
import type { CleanRequest, CleanSummary } from "./requests.ts";
import type { Settings, SweepPorts } from "./settings.ts";
import { sweepNode } from "./sweep/index.ts";
import type { SweepResult } from "./sweep/result.ts";

/** Below this no mark counts, whoever asks: two observations stay two (design §4.2). */
const SHORTEST_MARK_AGE_SECONDS = 60;

/**
 * A person's clean, now: marks what looks leaked, sweeps what was marked before and is old enough, and answers the rest as
 * pending. It passes the same gate, breaker, mode and node lease as the daily run (H29), and asking twice does nothing
 * twice: the AWS CLI asks again after 60 s (AWS CLI, `--cli-read-timeout`).
 *
 * @param maySweep asked before each node: whether one more sweep can be over in time. What isn't swept is answered as pending
 */
export async function clean(
  ports: SweepPorts,
  settings: Settings,
  request: CleanRequest,
  maySweep: () => boolean = () => true,
): Promise<CleanSummary> {
  const { requestId, dryRun } = request;
  const run = `clean-${requestId}`;
  const empty = { requestId, run, dryRun, released: [], kept: [], pending: [], failed: [] };
  const gate = await lookAtGate(ports);
  if (!gate.open) return { ...empty, frozen: gate.why };
  const ages = { ...settings, markAgeSeconds: agesOf(settings, request) };

  const lists = await readLists(ports, settings, gate.sentinels);
  const look = await lookCloser(ports, settings, lists);
  const judged = judge(look.evidence, settings).map(settled);
  // Its own lists may be the ones that are wrong (H17), and no daily run has written that down yet.
  const trips = [...gate.breaker, ...breakerTrips(look.evidence, judged, settings.breaker)];
  const verdicts = judged.filter((verdict) => isAskedFor(request, verdict));
  ports.notices.judged("clean", run, verdicts);
  const answer = new Answer(ages, look.evidence);
  const dueNodes = new Set<string>();
  for (const verdict of verdicts) {
    const heldBack = isLeaked(verdict) ? heldBackBy(settings, trips, look.evidence, verdict) : undefined;
    const node = answer.take(verdict, heldBack);
    if (node !== undefined) dueNodes.add(node);
  }
  if (dryRun) return { ...empty, ...answer.parts(), failed: [...look.failed] };

  const written = await writeMarks(ports, planMarks(look.evidence, verdicts), serverTime(ports));
  const failed = [...look.failed, ...written.failed];
  let left = request.maxReleases ?? Number.POSITIVE_INFINITY;
  for (const node of dueNodes) {
    const only = onlyOn(request, node);
    if (left <= 0 || !maySweep()) break;
    try {
      const message = { node, run, attempt: 0, delaySeconds: 0 };
      const swept = await sweepNode(ports, ages, message, {
        maximumReleases: left,
        breaker: trips,
        isByHand: true,
        ...(only === undefined ? {} : { only }),
      });
      left -= swept.released.length + swept.orphansDeleted.length;
      answer.swept(swept);
      failed.push(...swept.failed);
    } catch (error) {
      failed.push({ subject: `node ${node}`, why: messageOf(error) });
    }
  }
  return { ...empty, ...answer.parts(), failed };
}

function agesOf(settings: Settings, { minimumAgeSeconds }: CleanRequest): number {
  return Math.max(SHORTEST_MARK_AGE_SECONDS, minimumAgeSeconds ?? settings.markAgeSeconds);
}

function isAskedFor({ nodes, addresses }: CleanRequest, { node, address }: Verdict): boolean {
  if (nodes === undefined && addresses === undefined) return true;
  return (node !== undefined && nodes?.includes(node) === true) || addresses?.includes(address) === true;
}

/** Nodes and addresses are asked for together: of a node that is named all goes, of any other the addresses alone. */
function onlyOn({ nodes, addresses }: CleanRequest, node: string): ReadonlySet<string> | undefined {
  return addresses === undefined || nodes?.includes(node) === true ? undefined : new Set<string>(addresses);
}

/** Sorts what is known into what people are told. */
class Answer {
  readonly #released = new Map<string, { address: string; node: string; cause: string }>();
  readonly #kept: { address: string; node: string; reason: string }[] = [];
  readonly #pending: { address: string; node: string; until: string }[] = [];
  /** What may go by its mark's age: released, kept after all, or, for whatever reason, still to be done. */
  readonly #due = new Map<string, { node: string; cause: string; until: number }>();
  readonly #settings: Settings;
  readonly #evidence: Evidence;

  constructor(settings: Settings, evidence: Evidence) {
    this.#settings = settings;
    this.#evidence = evidence;
  }

  /** @returns the node to sweep, where the subject's mark is due */
  take(verdict: Verdict, heldBack: HeldBack | undefined): string | undefined {
    const { address, node = "" } = verdict;
    if (verdict.decision !== "leaked") {
      if (verdict.decision !== "suspect") this.#kept.push({ address, node, reason: verdict.reason });
      return undefined;
    }
    if (heldBack !== undefined) {
      this.#kept.push({ address, node, reason: heldBack });
      return undefined;
    }
    const { now, vpcIPs } = this.#evidence;
    const record = vpcIPs?.get(address);
    const age = record?.known === "whole" ? markAgeSeconds(this.#evidence, record.object) : undefined;
    const missing = this.#settings.markAgeSeconds - (age ?? 0);
    if (missing <= 0 && node !== "") {
      this.#due.set(address, { node, cause: verdict.cause, until: now });
      return node;
    }
    this.#pending.push({ address, node, until: new Date(now + Math.max(0, missing) * 1000).toISOString() });
    return undefined;
  }

  swept({ node, outcome, released, orphansDeleted, verdicts, heldBack }: SweepResult): void {
    const deleted = new Set<string | undefined>(orphansDeleted);
    const gone = new Set<string>(released);
    for (const verdict of verdicts) {
      const isOrphan = isLeaked(verdict) && verdict.gives === "interface" && deleted.has(verdict.interfaceID);
      if (isOrphan) gone.add(verdict.address);
    }
    for (const address of gone) {
      this.#released.set(address, { address, node, cause: this.#due.get(address)?.cause ?? "" });
      this.#due.delete(address);
    }
    for (const verdict of verdicts) {
      if (verdict.decision === "keep" || verdict.decision === "unknown")
        this.#keep(verdict.address, verdict.reason);
    }
    for (const [address, due] of this.#due) {
      if (due.node !== node) continue;
      if (heldBack !== undefined) this.#keep(address, heldBack);
      else if (outcome === "gave-up") this.#keep(address, "report-missing");
      else if (outcome === "nothing-due") this.#due.delete(address);
      else if (outcome === "sent-again") due.until += this.#settings.retrySeconds * 1000;
    }
  }

  /** What was to go and is kept after all. */
  #keep(address: string, reason: KeepReason | UnknownReason | HeldBack): void {
    const due = this.#due.get(address);
    if (due === undefined) return;
    this.#kept.push({ address, node: due.node, reason });
    this.#due.delete(address);
  }

  parts(): Pick<CleanSummary, "released" | "kept" | "pending"> {
    const left = [...this.#due].map(([address, { node, until }]) => ({
      address,
      node,
      until: new Date(until).toISOString(),
    }));
    return {
      released: [...this.#released.values()],
      kept: this.#kept,
      pending: [...this.#pending, ...left],
    };
  }
}
