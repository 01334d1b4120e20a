import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { readSweepMessage } from "../../../src/adapters/sqs/message.ts";
import { createSweepQueue } from "../../../src/adapters/sqs/queue.ts";
import type { SweepMessage } from "../../../src/ports/queue.ts";
import type { QueuePeer } from "../../adapters/sqs/queue-contract.ts";
import { RUN } from "../peers.ts";
import { access } from "./access.ts";

/** A message, and how long the queue held it back: both times are the queue's own. */
export interface Held {
  readonly message: SweepMessage;
  readonly heldMilliseconds: number;
}

export interface RealQueuePeer extends QueuePeer {
  /** Takes messages until there are so many. */
  take(count: number): Promise<readonly Held[]>;
}

const COUNTS = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesDelayed",
  "ApproximateNumberOfMessagesNotVisible",
] as const;

let queues = 0;

/** A queue of its own on LocalStack. */
export async function queueOnLocalStack(endpoint: string): Promise<RealQueuePeer> {
  const { region, credentials } = access(endpoint);
  const client = new SQSClient({ region, endpoint, credentials });
  queues++;
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: `sweeps-${RUN}-${queues}` }));
  const queueURL = QueueUrl!;
  const receive = async (): Promise<readonly Held[]> => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ["SentTimestamp", "ApproximateFirstReceiveTimestamp"],
      }),
    );
    const held: Held[] = [];
    for (const { Body, ReceiptHandle, Attributes } of Messages) {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      const read = readSweepMessage(Body ?? "");
      if (!read.readable) throw new Error(read.why);
      const { SentTimestamp, ApproximateFirstReceiveTimestamp } = Attributes ?? {};
      const heldMilliseconds = Number(ApproximateFirstReceiveTimestamp) - Number(SentTimestamp);
      held.push({ message: read.object, heldMilliseconds });
    }
    return held;
  };
  return {
    queue: createSweepQueue({ ...access(endpoint), queueURL }),
    async receiveAfter() {
      const all: SweepMessage[] = [];
      for (let some = await receive(); some.length > 0; some = await receive())
        all.push(...some.map(({ message }) => message));
      return all;
    },
    async take(count) {
      const all: Held[] = [];
      while (all.length < count) all.push(...(await receive()));
      return all;
    },
    async waiting() {
      const input = { QueueUrl, AttributeNames: [...COUNTS] };
      const { Attributes = {} } = await client.send(new GetQueueAttributesCommand(input));
      return COUNTS.reduce((sum, name) => sum + Number(Attributes[name]), 0);
    },
    async stop() {
      await client.send(new DeleteQueueCommand({ QueueUrl }));
      client.destroy();
    },
  };
}
