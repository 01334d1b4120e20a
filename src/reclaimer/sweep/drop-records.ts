import { isDeepStrictEqual } from "node:util";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { Due } from "../../domain/plan/releases.ts";
import { bound, entombed, mayBeLate, withoutPlace } from "../../domain/record-transitions.ts";
import { messageOf } from "../parallel.ts";
import type { SweepContext } from "./context.ts";
import { tombstoneEnd } from "./unassign.ts";

/**
 * Drops records whose address EC2 has nowhere that they say (H49): nothing in EC2 is touched. One with another run's
 * intent stays as a tombstone first, for that run's request may be late.
 */
export async function dropRecord(context: SweepContext, due: Due): Promise<void> {
  if (!(await context.mayGoOn())) return;
  try {
    await drop(context, due);
  } catch (error) {
    context.fail(due.verdict.address, messageOf(error));
  }
}

async function drop(context: SweepContext, due: Due): Promise<void> {
  const { writer } = context.ports;
  const { record } = due;
  const { release, leak } = record.spec;
  // A late request to delete an interface that is gone hurts nobody, whoever has its primary address by then.
  const isDoubted =
    release !== undefined &&
    leak?.scope !== "Interface" &&
    mayBeLate(record, context.run) &&
    !isBuried(context, record, release);
  const keepsClaim = due.verdict.keepsClaim === true;
  const bind = keepsClaim ? bound : entombed;
  const doubted = isDoubted ? bind(record, release.interfaceID, tombstoneEnd(context)) : record;
  if (keepsClaim) {
    await writer.replaceVpcIP(withoutPlace(doubted));
    return;
  }
  const left = context.remainsOf(doubted);
  if (left !== undefined) {
    if (!isDeepStrictEqual(left.spec, record.spec)) await writer.replaceVpcIP(left);
    return;
  }
  await context.deleteRecord(record, () => {
    if (due.verdict.needs !== "lease") context.audit(due, record, "record", "record-only");
  });
}

/** Whether a tombstone on the intent's own interface stands for as long as that intent's request may be late. */
function isBuried(
  { settings }: SweepContext,
  { spec }: StoredVpcIP,
  { interfaceID, time }: NonNullable<StoredVpcIP["spec"]["release"]>,
): boolean {
  const end = Date.parse(time) + settings.tombstoneSeconds * 1000;
  return (spec.tombstones ?? []).some(
    (tombstone) => tombstone.interfaceID === interfaceID && Date.parse(tombstone.until) >= end,
  );
}
