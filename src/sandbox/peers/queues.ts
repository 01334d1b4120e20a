import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

export interface QueueURLs {
  readonly queue: string;
  readonly deadLetters: string;
}

/** As in infra/queue/queue.yml. */
export const VISIBILITY_SECONDS = 720;
const MAXIMUM_RECEIVES = 5;

/** Makes a queue and its dead-letter queue, as the stack does. */
export async function createQueues(client: SQSClient, name: string): Promise<QueueURLs> {
  const created = async (QueueName: string, Attributes: Record<string, string>): Promise<string> => {
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    if (QueueUrl === undefined) throw new Error(`SQS made no queue ${QueueName}`);
    return QueueUrl;
  };
  const deadLetters = await created(`${name}-dlq`, {});
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetters, AttributeNames: ["QueueArn"] }),
  );
  const queue = await created(name, {
    VisibilityTimeout: String(VISIBILITY_SECONDS),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: Attributes["QueueArn"],
      maxReceiveCount: MAXIMUM_RECEIVES,
    }),
  });
  return { queue, deadLetters };
}

export async function dropQueues(client: SQSClient, { queue, deadLetters }: QueueURLs): Promise<void> {
  for (const QueueUrl of [queue, deadLetters]) await client.send(new DeleteQueueCommand({ QueueUrl }));
}
