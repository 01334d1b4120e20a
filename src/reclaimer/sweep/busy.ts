import type { LeaseSpecSeen } from "../../domain/node-lease.ts";
import type { SweepMessage } from "../../ports/queue.ts";
import { wholeRecords } from "../collect/closer-look.ts";
import { removeMark } from "../collect/write-marks.ts";
import { inParallel, messageOf } from "../parallel.ts";
import type { SweepOutcome } from "../requests.ts";
import type { Settings, SweepPorts } from "../settings.ts";

/** SQS holds a message back for 15 minutes at most (SQS API reference, SendMessage, DelaySeconds). */
const LONGEST_DELAY_SECONDS = 900;

const LANES = 8;

/** Why a node was not swept. */
export interface Unswept {
  readonly message: SweepMessage;
  readonly observed: LeaseSpecSeen | undefined;
  /** The allocator of a living instance did not answer, or nothing could be proved: that counts; anything else does not. */
  readonly isFruitless: boolean;
  /** For people. */
  readonly why: string;
  readonly instanceID: string | undefined;
}

/**
 * Acknowledges the message and sends it again with delay: a busy node never goes the way to the DLQ. The delay is what
 * lets the next delivery tell a dead holder by its unchanged lease. After three fruitless tries the node is kept and alarmed,
 * and its marks go, so that nothing asks again before the next daily run.
 */
export async function sweepLater(
  ports: SweepPorts,
  settings: Settings,
  unswept: Unswept,
): Promise<SweepOutcome> {
  const { message, observed, isFruitless } = unswept;
  const attempt = message.attempt + (isFruitless ? 1 : 0);
  ports.notices.count("SweepBusy", 1);
  if (attempt >= settings.maximumAttempts) return giveUp(ports, unswept);
  const term = observed === undefined ? 0 : observed.durationSeconds + 1;
  const delaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.max(settings.retrySeconds, term));
  const again: SweepMessage = { node: message.node, run: message.run, attempt, delaySeconds };
  await ports.queue.send([observed === undefined ? again : { ...again, observed }]);
  return "sent-again";
}

async function giveUp(ports: SweepPorts, { message, instanceID, why }: Unswept): Promise<SweepOutcome> {
  await ports.budget.reserve({ DescribeInstances: 1 });
  const states = instanceID === undefined ? undefined : await ports.cloud.instanceStates([instanceID]);
  const state = states?.get(instanceID ?? "");
  if (state !== "stopped" && state !== "stopping") {
    const text = `${why} (instance ${instanceID ?? "unknown"} is ${state ?? "unknown"}): everything on the node is kept`;
    ports.notices.alarm({ kind: "allocator-silent", message: text, node: message.node });
  }
  // Read afresh: the sweep may have written intents and taken them back.
  const records = [...wholeRecords(await ports.cluster.listVpcIPsOfNode(message.node)).values()].flatMap(
    (record) => (record.known === "whole" ? [record.object] : []),
  );
  const marked = records.filter(({ spec }) => spec.leak !== undefined && spec.release === undefined);
  for (const result of await inParallel(marked, LANES, (record) => removeMark(ports, record))) {
    if (result.ok) continue;
    const subject = result.item.metadata.name;
    ports.notices.alarm({
      kind: "item-failed",
      message: messageOf(result.error),
      node: message.node,
      subject,
    });
  }
  return "gave-up";
}
