import { isDeepStrictEqual } from "node:util";
import { type Binding, endedBindings } from "../../domain/binding.ts";
import { judge } from "../../domain/judgement/index.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { Trip } from "../../domain/plan/breaker.ts";
import { breakerTrips } from "../../domain/plan/breaker.ts";
import { planMarks } from "../../domain/plan/marks.ts";
import { type Due, planReleases, type ReleasePlan } from "../../domain/plan/releases.ts";
import { isPutOff } from "../../domain/put-off.ts";
import { isLeaked, type Verdict } from "../../domain/verdict.ts";
import { announceTrips, settled } from "../collect/leaks.ts";
import { isUntagged } from "../collect/untagged.ts";
import { removeMark } from "../collect/write-marks.ts";
import { addToBreaker } from "../guard/gate.ts";
import type { Sentinels } from "../guard/memory.ts";
import { heldBackBy } from "../mode.ts";
import type { HeldLease } from "../node-lease/held-lease.ts";
import { inParallel, messageOf } from "../parallel.ts";
import type { Settings, SweepPorts } from "../settings.ts";
import { bump } from "./bump.ts";
import { SweepContext } from "./context.ts";
import { dropRecord } from "./drop-records.ts";
import { endedOnClaims, endedTombstones } from "./ended-tombstones.ts";
import { deleteOrphan } from "./orphans.ts";
import { putBackClaims } from "./put-back.ts";
import { putOffTheRest } from "./put-off-the-rest.ts";
import { type NodeTruth, readAgain } from "./read-again.ts";
import { unassignFromInterface } from "./unassign.ts";
import { unbind } from "./unbind.ts";
import { alarmUnconfirmed, unconfirmed } from "./unconfirmed.ts";

const TRIES = 3;

export interface StoppedWorld {
  readonly node: string;
  readonly run: string;
  readonly sentinels: Sentinels;
  readonly lease: HeldLease;
  readonly answered: boolean;
  readonly breaker: readonly Trip[];
  readonly maximumReleases: number;
  /** Restricts a manual clean to some addresses. */
  readonly only?: ReadonlySet<string>;
  /** A person asks: what was put off is tried now, and nothing is put off. */
  readonly isByHand: boolean;
}

export interface SweptNode {
  readonly context: SweepContext;
  readonly verdicts: readonly Verdict[];
}

/**
 * The sweep proper, with the node's world stopped: read everything again, decide afresh, bump, and release what holds
 * against all of it.
 */
export async function sweepUnderLease(
  ports: SweepPorts,
  settings: Settings,
  world: StoppedWorld,
): Promise<SweptNode> {
  for (let tries = 1; ; tries++) {
    const truth = await readAgain(ports, settings, world);
    const judged = judge(truth.evidence, settings).map(settled);
    const ofNode = breakerTrips(truth.evidence, judged, settings.breaker).filter(
      ({ scope }) => scope === "node",
    );
    const trips = [...world.breaker, ...ofNode];
    const plan = decide(settings, trips, world, truth, judged);
    const context = new SweepContext({ ...world, ports, settings, truth, trips });
    if (world.lease.isLost) {
      context.stop = "lease-lost";
      return { context, verdicts: plan.verdicts };
    }
    const claimed =
      truth.config === undefined && truth.evidence.nodes.has(world.node) ? [] : endedOnClaims(truth.evidence);
    const endings = [
      ...endingsOf(plan, truth.evidence.now),
      ...claimed.flatMap((record) => endedBindings(record, truth.evidence.now)),
    ];
    const isBumped = await bumpBefore(context, plan, endings);
    if (!isBumped && tries < TRIES) continue;
    const told = world.answered ? plan.verdicts : unconfirmed(truth, settings.markAgeSeconds, plan.verdicts);
    ports.notices.judged("sweep", world.run, told);
    await storeTrips(context, ofNode);
    alarmUnconfirmed(ports, world.node, told);
    await tidyMarks(context, judged);
    await putBackClaims(context, judged);
    if (isBumped) {
      await unbind(context, world.sentinels, endings);
      await execute(context, plan);
      await unbindClaims(context, claimed);
      if (!world.isByHand) await putOffTheRest(context, plan);
    }
    return { context, verdicts: told };
  }
}

/** What may go now, less what a breaker or the mode holds back, judged on the fresh evidence. */
function decide(
  settings: Settings,
  trips: readonly Trip[],
  world: StoppedWorld,
  { evidence }: NodeTruth,
  judged: readonly Verdict[],
): ReleasePlan {
  const wanted = judged.map((verdict): Verdict => {
    if (!isLeaked(verdict)) return verdict;
    const heldBack = heldBackBy(settings, trips, evidence, verdict);
    return heldBack === undefined ? verdict : { ...verdict, heldBack };
  });
  const plan = planReleases(evidence, wanted, settings);
  const isConfigUnreadable = evidence.nodes.get(world.node)?.config.readable === false;
  const goes = ({ verdict, record }: Due) =>
    isLeaked(verdict) &&
    verdict.heldBack === undefined &&
    (world.only?.has(verdict.address) ?? true) &&
    (world.isByHand || !isPutOff(record, evidence.now));
  return {
    unassign: plan.unassign.flatMap(({ interfaceID, items }) => {
      if (isUntagged(evidence, interfaceID)) return [];
      const broken = new Set(items.filter((item) => !goes(item)).map(({ verdict }) => verdict.prefix));
      const going = items.filter(
        (item) => goes(item) && (item.verdict.prefix === undefined || !broken.has(item.verdict.prefix)),
      );
      return going.length === 0 ? [] : [{ interfaceID, items: going }];
    }),
    deleteInterfaces: plan.deleteInterfaces.filter(goes),
    // Where the config can't be read, nobody can say what its pool holds: no tombstone ends, no name is freed.
    dropRecords: isConfigUnreadable
      ? []
      : [...plan.dropRecords, ...endedTombstones(evidence, judged)].filter(goes),
    verdicts: plan.verdicts,
  };
}

/** What nobody saw before: the daily run judged the node without its report, or before it leaked so much. */
async function storeTrips(context: SweepContext, trips: readonly Trip[]): Promise<void> {
  if (trips.length === 0) return;
  announceTrips(context.ports, trips);
  try {
    await addToBreaker(context.ports, trips);
  } catch (error) {
    context.fail(`the breaker of node ${context.node}`, messageOf(error));
  }
}

/** Bindings that are over, of records that this sweep drops or rewrites. */
function endingsOf(plan: ReleasePlan, now: number): readonly Binding[] {
  const items = [
    ...plan.unassign.flatMap((group) => group.items),
    ...plan.deleteInterfaces,
    ...plan.dropRecords,
  ];
  return items.flatMap(({ record }) => endedBindings(record, now));
}

/** The bump comes before every intent on a living node, and before a tombstone ends (design §4.4b, §4.4d). */
async function bumpBefore(
  context: SweepContext,
  plan: ReleasePlan,
  endings: readonly Binding[],
): Promise<boolean> {
  const { config } = context.truth;
  const isNeeded =
    endings.length > 0 ||
    plan.unassign.length > 0 ||
    plan.deleteInterfaces.length > 0 ||
    plan.dropRecords.length > 0;
  if (config === undefined || !isNeeded) return true;
  return (await bump(context.ports, config, endings)).outcome === "replaced";
}

/** Tombstones that are over go from records that go on. */
async function unbindClaims(context: SweepContext, records: readonly StoredVpcIP[]): Promise<void> {
  if (records.length === 0 || !(await context.mayGoOn())) return;
  for (const result of await inParallel(records, 8, (record) => {
    const left = context.unboundOf(record);
    return isDeepStrictEqual(left.spec, record.spec)
      ? Promise.resolve(undefined)
      : context.ports.writer.replaceVpcIP(left);
  })) {
    if (!result.ok) context.fail(result.item.metadata.name, messageOf(result.error));
  }
}

/** Marks whose address has a keeper, or has left its interface, go (design §4.2). */
async function tidyMarks(context: SweepContext, judged: readonly Verdict[]): Promise<void> {
  const { remove } = planMarks(context.truth.evidence, judged);
  for (const result of await inParallel(remove, 8, (record) => removeMark(context.ports, record))) {
    if (!result.ok) context.fail(result.item.metadata.name, messageOf(result.error));
  }
}

async function execute(context: SweepContext, plan: ReleasePlan): Promise<void> {
  for (const group of plan.unassign) await unassignFromInterface(context, group);
  const deleted = new Set<string | undefined>();
  for (const due of plan.deleteInterfaces) {
    if (await deleteOrphan(context, due)) deleted.add(due.verdict.interfaceID);
  }
  for (const due of plan.dropRecords) {
    const waitsForInterface = isOnDetached(context, due.verdict) && !deleted.has(due.verdict.interfaceID);
    if (!waitsForInterface) await dropRecord(context, due);
  }
}

/** A record on a detached interface goes after its interface, never before. */
function isOnDetached({ truth }: SweepContext, { interfaceID, address }: Verdict): boolean {
  const item = truth.evidence.interfaces.find(({ id }) => id === interfaceID);
  return item !== undefined && item.attachment === undefined && item.addresses.includes(address);
}
