import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import { createAlarmTopic } from "../../../src/adapters/sns/topic.ts";
import type { AlarmMessage } from "../../../src/ports/alarm-topic.ts";
import type { Alarm } from "../../../src/ports/notices.ts";
import type { TopicPeer } from "../../adapters/sns/topic-contract.ts";
import { RUN } from "../peers.ts";
import { access } from "./access.ts";

/** What SNS puts into a queue (SNS guide, "HTTP/HTTPS notification JSON format": the same for SQS without raw delivery). */
const envelope = z.object({
  Type: z.literal("Notification"),
  Subject: z.string(),
  Message: z.string(),
  MessageAttributes: z.object({
    kind: z.object({ Value: z.string() }),
    cluster: z.object({ Value: z.string() }),
  }),
});

let topics = 0;

/** A topic of its own on LocalStack, with a queue as its subscriber. @param filter what the subscription takes */
export async function topicOnLocalStack(
  endpoint: string,
  filter?: Readonly<Record<string, readonly string[]>>,
): Promise<TopicPeer> {
  const { region, credentials } = access(endpoint);
  const sns = new SNSClient({ region, endpoint, credentials });
  const sqs = new SQSClient({ region, endpoint, credentials });
  topics++;
  const name = `alarms-${RUN}-${topics}`;
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: name }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: "sqs",
      Endpoint: Attributes["QueueArn"],
      ...(filter === undefined ? {} : { Attributes: { FilterPolicy: JSON.stringify(filter) } }),
    }),
  );
  const receive = async (): Promise<readonly AlarmMessage[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    for (const { ReceiptHandle } of Messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.map(({ Body = "" }) => {
      const { Subject, Message, MessageAttributes } = envelope.parse(JSON.parse(Body));
      const { kind, cluster } = MessageAttributes;
      return { kind: kind.Value as Alarm["kind"], cluster: cluster.Value, title: Subject, text: Message };
    });
  };
  return {
    topic: createAlarmTopic({ ...access(endpoint), topicARN: TopicArn }),
    async received(count) {
      const all: AlarmMessage[] = [];
      while (all.length < count) all.push(...(await receive()));
      return all;
    },
    async stop() {
      await sns.send(new DeleteTopicCommand({ TopicArn }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      sns.destroy();
      sqs.destroy();
    },
  };
}
