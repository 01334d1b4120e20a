import { PublishBatchCommand, SNSClient } from "@aws-sdk/client-sns";
import type { AlarmMessage, AlarmTopic } from "../../ports/alarm-topic.ts";
import { type AwsAccess, clientConfig, signWithOwnTime } from "../aws/access.ts";
import { wordsOf } from "../aws/failures.ts";
import { boundedRequests } from "../aws/handler.ts";

export interface AlarmTopicOptions extends AwsAccess {
  /** A standard topic: FIFO topics reach no mailbox. */
  readonly topicARN: string;
}

/** SNS API reference, PublishBatch: at most 10 entries. */
const BATCH_SIZE = 10;

/** Telling holds an invocation up for no longer than this, per ten messages. */
const TIMEOUT_MILLISECONDS = 2_000;

/** Messages that SNS did not take. */
export class AlarmTopicError extends Error {
  override readonly name = "AlarmTopicError";
}

/**
 * {@link AlarmTopic} by SNS. Nothing is tried again: what a person misses here stands in the log and in the CloudWatch alarms,
 * and an invocation shall not wait for SNS.
 */
export function createAlarmTopic(options: AlarmTopicOptions): AlarmTopic {
  const { clock, topicARN } = options;
  const client = new SNSClient({
    ...clientConfig(options),
    maxAttempts: 1,
    requestHandler: boundedRequests(TIMEOUT_MILLISECONDS),
  });
  signWithOwnTime(client, clock);
  return {
    async publish(messages) {
      const failures: string[] = [];
      for (let start = 0; start < messages.length; start += BATCH_SIZE)
        failures.push(...(await publishBatch(client, topicARN, messages.slice(start, start + BATCH_SIZE))));
      if (failures.length > 0)
        throw new AlarmTopicError(
          `SNS did not take ${failures.length} of ${messages.length} messages: ${[...new Set(failures)].join("; ")}`,
        );
    },
  };
}

/** Sends at most ten; tells why some were not taken. One that the answer doesn't name was not. */
async function publishBatch(
  client: SNSClient,
  TopicArn: string,
  batch: readonly AlarmMessage[],
): Promise<readonly string[]> {
  const command = new PublishBatchCommand({
    TopicArn,
    PublishBatchRequestEntries: batch.map(({ kind, cluster, title, text }, index) => ({
      Id: String(index),
      Subject: title,
      Message: text,
      // What subscriptions filter by (SNS guide, "Amazon SNS subscription filter policies").
      MessageAttributes: {
        kind: { DataType: "String", StringValue: kind },
        cluster: { DataType: "String", StringValue: cluster },
      },
    })),
  });
  try {
    const { Successful = [], Failed = [] } = await client.send(command);
    const taken = new Set(Successful.map(({ Id }) => Id));
    const reasons = new Map(Failed.map((failed) => [failed.Id, failed.Message ?? failed.Code]));
    return batch.flatMap((_, index) =>
      taken.has(String(index)) ? [] : [reasons.get(String(index)) ?? "no answer for it"],
    );
  } catch (cause) {
    return batch.map(() => wordsOf(cause));
  }
}
