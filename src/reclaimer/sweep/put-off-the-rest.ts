import { parseAddress } from "../../domain/address.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { ReleasePlan } from "../../domain/plan/releases.ts";
import { isPutOff, putOff } from "../../domain/put-off.ts";
import { inParallel, messageOf } from "../parallel.ts";
import type { SweepContext } from "./context.ts";
import { isDue } from "./due-work.ts";
import { STUCK } from "./stuck.ts";

const LANES = 8;

/**
 * What was due and could not be done is put off, each record alone, so that the node isn't paused for it every five minutes:
 * EC2 or the role refused, a mark doesn't fit any more, something is unknown or kept for now. A sweep that ended early puts
 * nothing off, nor does one that could prove nothing: those are tried again as a whole.
 */
export async function putOffTheRest(context: SweepContext, plan: ReleasePlan): Promise<void> {
  const { stop, truth, settings } = context;
  if (stop !== undefined || isStuck(plan)) return;
  const planned = new Set(
    [...plan.unassign.flatMap(({ items }) => items), ...plan.deleteInterfaces, ...plan.dropRecords].map(
      ({ record }) => record.metadata.name,
    ),
  );
  const { vpcIPs, now } = truth.evidence;
  const left = [...(vpcIPs?.values() ?? [])].flatMap((record): StoredVpcIP[] => {
    if (record.known !== "whole" || !isDue(record.object, settings, now)) return [];
    const { name } = record.object.metadata;
    const isDone = planned.has(name) && !context.unfinished.has(name);
    return isDone || isPutOff(record.object, now) ? [] : [record.object];
  });
  for (const result of await inParallel(left, LANES, ({ metadata }) => putOffOne(context, metadata.name))) {
    const { name } = result.item.metadata;
    // What failed before has been told.
    if (!result.ok && !context.unfinished.has(name)) context.fail(name, messageOf(result.error));
  }
}

const isStuck = ({ verdicts }: ReleasePlan): boolean =>
  verdicts.some((verdict) => verdict.decision === "unknown" && STUCK.has(verdict.reason));

/** As it is now: this sweep may have written to it. */
async function putOffOne({ ports, settings, now }: SweepContext, name: string): Promise<void> {
  const address = parseAddress(name);
  const found = address === undefined ? undefined : await ports.cluster.getVpcIP(address);
  if (found?.found !== true || !found.object.readable) return;
  const record = found.object.object;
  if (isDue(record, settings, now)) await ports.writer.replaceVpcIP(putOff(record, now));
}
