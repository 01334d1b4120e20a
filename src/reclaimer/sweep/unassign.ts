import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { Due, Unassign } from "../../domain/plan/releases.ts";
import {
  bound,
  entombed,
  intended,
  mayBeLate,
  withdrawn,
  withoutPlace,
} from "../../domain/record-transitions.ts";
import type { ReleaseAnswer } from "../../ports/cloud.ts";
import { inParallel, messageOf } from "../parallel.ts";
import type { SweepContext } from "./context.ts";
import { deleteExpiredClaim } from "./expired-claim.ts";

const LANES = 8;

/** One address with its intent written. */
interface Intent {
  readonly due: Due;
  readonly record: StoredVpcIP;
  /** An earlier request for it may still be on its way. */
  readonly late: boolean;
}

/**
 * Gives back what one interface has to give (design §4.4c, §4.4d): intents by compare-and-swap, then one request, then
 * the records go, or stay as tombstones where the answer leaves a doubt.
 */
export async function unassignFromInterface(context: SweepContext, group: Unassign): Promise<void> {
  if (!(await context.mayGoOn())) return;
  const intents = await writeIntents(context, group);
  const singles = intents.filter(({ due }) => due.verdict.prefix === undefined);
  const members = intents.filter(({ due }) => due.verdict.prefix !== undefined);
  if (singles.length > 0) await send(context, group.interfaceID, singles);
  for (const whole of prefixesOf(members)) await send(context, group.interfaceID, whole);
}

/** A refused compare-and-swap drops its address; a prefix with a dropped member is dropped whole (H35). */
async function writeIntents(
  context: SweepContext,
  { interfaceID, items }: Unassign,
): Promise<readonly Intent[]> {
  const time = new Date(context.now).toISOString();
  const limited = withinLimit(context, items);
  const results = await inParallel(limited, LANES, ({ record }) =>
    context.ports.writer.replaceVpcIP(
      intended(record, context.run, interfaceID, time, tombstoneEnd(context)),
    ),
  );
  const intents: Intent[] = [];
  const broken = new Set<string>();
  for (const result of results) {
    const { verdict, record } = result.item;
    if (result.ok && result.value.outcome === "replaced") {
      intents.push({ due: result.item, record: result.value.object, late: mayBeLate(record, context.run) });
      continue;
    }
    if (verdict.prefix !== undefined) broken.add(verdict.prefix);
    if (!result.ok) context.fail(verdict.address, messageOf(result.error));
  }
  const whole = intents.filter(
    ({ due }) => due.verdict.prefix === undefined || !broken.has(due.verdict.prefix),
  );
  await withdrawAll(
    context,
    intents.filter((intent) => !whole.includes(intent)),
  );
  return whole;
}

/** As many as the run may still release; a prefix counts whole. */
function withinLimit(context: SweepContext, items: readonly Due[]): readonly Due[] {
  const left = context.releasesLeft;
  if (items.length <= left) return items;
  context.stop = "limit";
  const taken: Due[] = [];
  for (const unit of unitsOf(items)) if (taken.length + unit.length <= left) taken.push(...unit);
  return taken;
}

/** Single addresses, and the members of each prefix together. */
function unitsOf(items: readonly Due[]): readonly (readonly Due[])[] {
  const units = new Map<string, Due[]>();
  for (const item of items) {
    const key = item.verdict.prefix ?? item.verdict.address;
    units.set(key, [...(units.get(key) ?? []), item]);
  }
  return [...units.values()];
}

function prefixesOf(members: readonly Intent[]): readonly (readonly Intent[])[] {
  const groups = new Map<string, Intent[]>();
  for (const member of members) {
    const prefix = member.due.verdict.prefix ?? "";
    groups.set(prefix, [...(groups.get(prefix) ?? []), member]);
  }
  return [...groups.values()];
}

async function send(context: SweepContext, interfaceID: string, intents: readonly Intent[]): Promise<void> {
  if (!(await mayStillGo(context))) return withdrawAll(context, intents);
  const prefixes = [...new Set(intents.flatMap(({ due }) => due.verdict.prefix ?? []))];
  const addresses = prefixes.length > 0 ? [] : intents.map(({ due }) => due.verdict.address);
  const { notAfter } = context.lease;
  const answer = await context.ports.releaser.unassign({ interfaceID, addresses, prefixes, notAfter });
  await settle(context, interfaceID, intents, answer);
}

/** A limit that this very group has reached still lets the group go. */
async function mayStillGo(context: SweepContext): Promise<boolean> {
  if (context.stop !== "limit") return context.maySend();
  context.stop = undefined;
  const mayGo = await context.maySend();
  context.stop ??= "limit";
  return mayGo;
}

async function settle(
  context: SweepContext,
  interfaceID: string,
  intents: readonly Intent[],
  answer: ReleaseAnswer,
): Promise<void> {
  switch (answer.kind) {
    case "done":
      return finishAll(context, intents, "done", answer.requestID);
    case "gone":
      return finishAll(context, intents, "gone", answer.requestID);
    case "refused":
      return refused(context, interfaceID, intents, answer);
    case "unclear":
      context.ports.notices.count("Unclear", intents.length);
      return entombAll(context, interfaceID, intents);
    case "throttled":
    case "not-sent":
      context.stop = answer.kind;
      return withdrawAll(context, intents);
    case "forbidden":
      context.ports.notices.alarm({
        kind: "forbidden",
        message: `${interfaceID}: ${answer.code}: ${answer.message}`,
        node: context.node,
      });
      leaveUnfinished(context, intents);
      return withdrawAll(context, intents);
  }
}

function leaveUnfinished({ unfinished }: SweepContext, intents: readonly Intent[]): void {
  for (const { due } of intents) unfinished.add(due.verdict.address);
}

/** EC2 refuses a whole request for one address: it is halved until the one is alone, and the others go (H45). */
async function refused(
  context: SweepContext,
  interfaceID: string,
  intents: readonly Intent[],
  answer: Extract<ReleaseAnswer, { kind: "refused" }>,
): Promise<void> {
  const [only] = intents;
  const isPrefix = only?.due.verdict.prefix !== undefined;
  if (intents.length > 1 && !isPrefix) {
    context.owe("UnassignPrivateIpAddresses", 2);
    const middle = Math.ceil(intents.length / 2);
    await send(context, interfaceID, intents.slice(0, middle));
    return send(context, interfaceID, intents.slice(middle));
  }
  if (only === undefined) return;
  context.owe("DescribeNetworkInterfaces", 1);
  const [item] = await context.ports.cloud.interfacesByID([interfaceID]);
  const { address, prefix } = only.due.verdict;
  const isThere = prefix === undefined ? item?.addresses.includes(address) : item?.prefixes.includes(prefix);
  if (isThere !== true) return finishAll(context, intents, "gone", answer.requestID);
  leaveUnfinished(context, intents);
  context.fail(
    prefix ?? address,
    `EC2 refuses to release it from ${interfaceID}: ${answer.code}: ${answer.message}`,
  );
  return withdrawAll(context, intents);
}

/** The records go. Where an earlier request may be late they stay as tombstones, bound to address and interface. */
async function finishAll(
  context: SweepContext,
  intents: readonly Intent[],
  answer: "done" | "gone",
  requestID: string | undefined,
): Promise<void> {
  await eachAlone(context, intents, async (intent) => {
    const { due, record, late } = intent;
    const interfaceID = due.verdict.interfaceID ?? "";
    const doubted = late ? doubtedAfter(due, record, interfaceID, tombstoneEnd(context)) : record;
    context.released.push(due.verdict.address);
    context.audit(due, record, due.verdict.prefix === undefined ? "address" : "prefix", answer, requestID);
    if (due.verdict.keepsClaim === true) {
      await context.ports.writer.replaceVpcIP(withoutPlace(doubted));
      return;
    }
    const left = context.remainsOf(doubted);
    await deleteExpiredClaim(context, record);
    if (left === undefined) await context.deleteRecord(record);
    else await context.ports.writer.replaceVpcIP(left);
  });
}

async function entombAll(
  context: SweepContext,
  interfaceID: string,
  intents: readonly Intent[],
): Promise<void> {
  await eachAlone(context, intents, async ({ due, record }) => {
    context.audit(due, record, "address", "unclear");
    await context.ports.writer.replaceVpcIP(doubtedAfter(due, record, interfaceID, tombstoneEnd(context)));
  });
}

/** Bound, for a request for it may be late. A claim that outlives its instance stays in it. */
function doubtedAfter(
  { verdict }: Due,
  record: StoredVpcIP,
  interfaceID: string,
  until: string,
): StoredVpcIP {
  return (verdict.keepsClaim === true ? bound : entombed)(record, interfaceID, until);
}

async function withdrawAll(context: SweepContext, intents: readonly Intent[]): Promise<void> {
  await eachAlone(context, intents, async ({ due, record, late }) => {
    const before = late ? due.record.spec.release : undefined;
    const restored =
      before === undefined ? withdrawn(record) : { ...record, spec: { ...record.spec, release: before } };
    await context.ports.writer.replaceVpcIP(restored);
  });
}

export function tombstoneEnd({ now, settings }: SweepContext): string {
  return new Date(now + settings.tombstoneSeconds * 1000).toISOString();
}

async function eachAlone(
  context: SweepContext,
  intents: readonly Intent[],
  work: (intent: Intent) => Promise<void>,
): Promise<void> {
  for (const result of await inParallel(intents, LANES, work)) {
    if (!result.ok) context.fail(result.item.due.verdict.address, messageOf(result.error));
  }
}
