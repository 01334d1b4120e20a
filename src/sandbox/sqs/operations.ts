import { JsonError } from "../http/json-front.ts";
import { type Message, type MessageAttributes, md5OfAttributes } from "./messages.ts";
import { invalid, type Queue } from "./queue.ts";
import type { Sqs } from "./sqs.ts";

interface SendEntry {
  readonly Id?: string;
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: MessageAttributes;
}

interface QueueInput {
  readonly QueueUrl: string;
}

interface ReceiveInput extends QueueInput {
  readonly MaxNumberOfMessages?: number;
  readonly VisibilityTimeout?: number;
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
}

type BatchEntry<T> = T & { readonly Id: string };

/** SQS API Reference, the actions of these names, as AWS JSON 1.0 carries them. */
export function operations(sqs: Sqs, endpoint: () => string) {
  const queueOf = ({ QueueUrl }: QueueInput) => sqs.queue(QueueUrl.split("/").at(-1) ?? "");
  return {
    GetQueueUrl: ({ QueueName }: { readonly QueueName: string }) => {
      sqs.queue(QueueName);
      return { QueueUrl: `${endpoint()}/${sqs.accountID}/${QueueName}` };
    },

    SendMessage: (input: QueueInput & SendEntry) => sent(send(queueOf(input), input)),

    SendMessageBatch: (input: QueueInput & { readonly Entries?: readonly BatchEntry<SendEntry>[] }) => {
      const queue = queueOf(input);
      return batch(input.Entries ?? [], (entry) => sent(send(queue, entry)));
    },

    /** Long polling doesn't wait: who drives the clock asks again at `nextVisibleAt`. */
    ReceiveMessage: (input: ReceiveInput) => {
      const { MaxNumberOfMessages: maximum = 1 } = input;
      if (maximum < 1 || maximum > 10) {
        throw invalid(
          `Value ${maximum} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
        );
      }
      const messages = queueOf(input).receive(maximum, input.VisibilityTimeout);
      const names = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
      return messages.length === 0
        ? {}
        : { Messages: messages.map((message) => received(message, names, sqs)) };
    },

    DeleteMessage: (input: QueueInput & { readonly ReceiptHandle: string }) => {
      queueOf(input).delete(input.ReceiptHandle);
      return {};
    },

    DeleteMessageBatch: (
      input: QueueInput & { readonly Entries?: readonly BatchEntry<{ readonly ReceiptHandle: string }>[] },
    ) => {
      const queue = queueOf(input);
      return batch(input.Entries ?? [], ({ ReceiptHandle }) => {
        queue.delete(ReceiptHandle);
        return {};
      });
    },

    ChangeMessageVisibility: (
      input: QueueInput & { readonly ReceiptHandle: string; readonly VisibilityTimeout: number },
    ) => {
      queueOf(input).changeVisibility(input.ReceiptHandle, input.VisibilityTimeout);
      return {};
    },

    GetQueueAttributes: (input: QueueInput & { readonly AttributeNames?: readonly string[] }) => {
      const all = attributesOf(queueOf(input), sqs);
      const { AttributeNames: names = [] } = input;
      const asked = Object.entries(all).filter(([name]) => names.includes("All") || names.includes(name));
      return asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) };
    },
  };
}

function send(queue: Queue, { MessageBody = "", DelaySeconds, MessageAttributes }: SendEntry): Message {
  return queue.send(MessageBody, DelaySeconds, MessageAttributes);
}

/** The SDK compares MD5OfMessageBody with what it sent. */
function sent(message: Message): object {
  return {
    MessageId: message.id,
    MD5OfMessageBody: message.md5OfBody,
    ...(Object.keys(message.attributes).length === 0
      ? {}
      : { MD5OfMessageAttributes: md5OfAttributes(message.attributes) }),
  };
}

function received(message: Message, names: readonly string[], sqs: Sqs): object {
  const system = {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    SenderId: sqs.accountID,
  };
  const asked = Object.entries(system).filter(([name]) => names.includes("All") || names.includes(name));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(asked.length === 0 ? {} : { Attributes: Object.fromEntries(asked) }),
    ...(Object.keys(message.attributes).length === 0
      ? {}
      : {
          MessageAttributes: message.attributes,
          MD5OfMessageAttributes: md5OfAttributes(message.attributes),
        }),
  };
}

/** SQS API Reference, SendMessageBatch: 1 to 10 entries of distinct IDs; each succeeds or fails by itself. */
function batch<T>(entries: readonly BatchEntry<T>[], act: (entry: BatchEntry<T>) => object): object {
  const refuse = (type: string, message: string) =>
    new JsonError(type, message, `AWS.SimpleQueueService.${type}`);
  if (entries.length === 0)
    throw refuse("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.length > 10) {
    throw refuse(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw refuse("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
  }
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...act(entry) });
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      Failed.push({
        Id: entry.Id,
        Code: error.queryCode ?? error.type,
        Message: error.message,
        SenderFault: true,
      });
    }
  }
  return { Successful, Failed };
}

function attributesOf(queue: Queue, sqs: Sqs): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts();
  const { redrive, visibilityTimeoutSeconds, delaySeconds } = queue.settings;
  return {
    QueueArn: sqs.arn(queue.name),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    DelaySeconds: String(delaySeconds),
    ...(redrive === undefined
      ? {}
      : {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: sqs.arn(redrive.deadLetterQueue),
            maxReceiveCount: redrive.maxReceiveCount,
          }),
        }),
  };
}
