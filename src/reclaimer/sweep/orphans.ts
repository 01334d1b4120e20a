import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { Due } from "../../domain/plan/releases.ts";
import { takenUp } from "../../domain/put-off.ts";
import { intended, isLent, withdrawn, withoutPlace } from "../../domain/record-transitions.ts";
import { messageOf } from "../parallel.ts";
import type { SweepContext } from "./context.ts";
import { tombstoneEnd } from "./unassign.ts";

/**
 * Deletes one detached interface of ours whose instance is gone, or whose allocator doesn't know it (H41). EC2 itself
 * refuses to delete an attached one, so a late request hurts nobody: no tombstone is needed.
 *
 * @returns whether the interface is gone
 */
export async function deleteOrphan(context: SweepContext, due: Due): Promise<boolean> {
  const { interfaceID } = due.verdict;
  if (interfaceID === undefined || !(await context.maySend())) return false;
  if (context.releasesLeft <= 0) {
    context.stop = "limit";
    return false;
  }
  try {
    return await deleteInterface(context, due, interfaceID);
  } catch (error) {
    context.unfinished.add(due.verdict.address);
    context.fail(interfaceID, messageOf(error));
    return false;
  }
}

async function deleteInterface(context: SweepContext, due: Due, interfaceID: string): Promise<boolean> {
  const { releaser, writer, notices } = context.ports;
  const time = new Date(context.now).toISOString();
  const written = intended(due.record, context.run, interfaceID, time, tombstoneEnd(context));
  const intent = await writer.replaceVpcIP(written);
  if (intent.outcome !== "replaced") return false;
  const answer = await releaser.deleteInterface({ interfaceID, notAfter: context.lease.notAfter });
  switch (answer.kind) {
    case "done":
    case "gone":
      context.orphansDeleted.push(interfaceID);
      context.audit(due, intent.object, "interface", answer.kind, answer.requestID);
      await dropAfterInterface(context, intent.object);
      return true;
    case "refused":
      context.unfinished.add(due.verdict.address);
      context.fail(interfaceID, `EC2 refuses to delete it: ${answer.code}: ${answer.message}`);
      return withdraw(context, intent.object);
    case "unclear":
      context.audit(due, intent.object, "interface", "unclear");
      notices.count("Unclear", 1);
      return false;
    case "throttled":
    case "not-sent":
      context.stop = answer.kind;
      return withdraw(context, intent.object);
    case "forbidden":
      context.unfinished.add(due.verdict.address);
      notices.alarm({
        kind: "forbidden",
        message: `${answer.code}: ${answer.message}`,
        subject: interfaceID,
      });
      return withdraw(context, intent.object);
  }
}

/** The record goes, or what it binds on other interfaces stays of it. One that was lent goes on: its claim may be served now. */
async function dropAfterInterface(context: SweepContext, record: StoredVpcIP): Promise<void> {
  if (isLent(record)) {
    await context.ports.writer.replaceVpcIP(takenUp(withoutPlace(context.unboundOf(record))));
    return;
  }
  const left = context.remainsOf(record);
  if (left === undefined) await context.deleteRecord(record);
  else await context.ports.writer.replaceVpcIP(left);
}

async function withdraw(context: SweepContext, record: StoredVpcIP): Promise<false> {
  await context.ports.writer.replaceVpcIP(withdrawn(record));
  return false;
}
