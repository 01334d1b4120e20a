import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SweepMessage, SweepQueue } from "../../ports/queue.ts";
import { type AwsAccess, clientConfig, signWithOwnTime } from "../aws/access.ts";
import { mayPass } from "../aws/failures.ts";
import { boundedRequests } from "../aws/handler.ts";
import { DEFAULT_ATTEMPTS, pauseAfter } from "../aws/retry.ts";
import { writeSweepMessage } from "./message.ts";

export interface QueueOptions extends AwsAccess {
  readonly queueURL: string;
}

/** SQS API reference, SendMessageBatch: at most 10 entries. */
const BATCH_SIZE = 10;

/** Messages that SQS did not take. */
export class QueueError extends Error {
  override readonly name = "QueueError";
  readonly notTaken: readonly SweepMessage[];
  constructor(failures: readonly Failure[]) {
    const reasons = [...new Set(failures.map(({ why }) => why))].join("; ");
    const cause = failures.find((failure) => failure.cause !== undefined)?.cause;
    super(`SQS did not take ${failures.length} of the messages: ${reasons}`, { cause });
    this.notTaken = failures.map(({ entry }) => entry.message);
  }
}

interface Entry {
  readonly message: SweepMessage;
  readonly body: string;
}

interface Failure {
  readonly entry: Entry;
  readonly why: string;
  readonly mayPass: boolean;
  readonly cause?: unknown;
}

/**
 * {@link SweepQueue} by SQS. What failed and may pass is sent again, a bounded number of times. A message may arrive twice where an
 * answer was lost: a sweep is idempotent. Every batch is tried, whatever became of those before it.
 */
export function createSweepQueue(options: QueueOptions): SweepQueue {
  const { clock, queueURL } = options;
  const client = new SQSClient({
    ...clientConfig(options),
    maxAttempts: 1,
    requestHandler: boundedRequests(),
  });
  signWithOwnTime(client, clock);
  return {
    async send(messages) {
      let left: readonly Entry[] = messages.map((message) => ({ message, body: writeSweepMessage(message) }));
      const lost: Failure[] = [];
      for (let attempt = 1; left.length > 0; attempt += 1) {
        const failures: Failure[] = [];
        for (let start = 0; start < left.length; start += BATCH_SIZE)
          failures.push(...(await sendBatch(client, queueURL, left.slice(start, start + BATCH_SIZE))));
        const again = attempt < DEFAULT_ATTEMPTS ? failures.filter((failure) => failure.mayPass) : [];
        lost.push(...failures.filter((failure) => !again.includes(failure)));
        left = again.map(({ entry }) => entry);
        if (left.length > 0) await clock.sleep(pauseAfter(attempt, Math.random));
      }
      if (lost.length > 0) throw new QueueError(lost);
    },
  };
}

/** Sends at most ten; tells what was not taken. An entry that the answer doesn't name was not. */
async function sendBatch(client: SQSClient, queueURL: string, batch: readonly Entry[]): Promise<Failure[]> {
  const command = new SendMessageBatchCommand({
    QueueUrl: queueURL,
    Entries: batch.map(({ message, body }, index) => ({
      Id: String(index),
      MessageBody: body,
      DelaySeconds: message.delaySeconds,
    })),
  });
  try {
    const { Successful = [], Failed = [] } = await client.send(command);
    const taken = new Set(Successful.map(({ Id }) => Id));
    const reasons = new Map(Failed.map((failed) => [failed.Id, failed]));
    return batch.flatMap((entry, index) => {
      if (taken.has(String(index))) return [];
      const { Code = "no answer for it", Message, SenderFault = false } = reasons.get(String(index)) ?? {};
      return [{ entry, why: Message === undefined ? Code : `${Code}: ${Message}`, mayPass: !SenderFault }];
    });
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    return batch.map((entry) => ({ entry, why, mayPass: mayPass(cause), cause }));
  }
}
