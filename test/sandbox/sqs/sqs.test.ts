import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Sqs, SqsFront } from "../../../src/sandbox/sqs/index.ts";
import { manualClock, seededRandom } from "../ec2/world.ts";

function account() {
  const clock = manualClock();
  const sqs = new Sqs({ clock: clock.now, random: seededRandom() });
  sqs.createQueue("dead");
  const queue = sqs.createQueue("sweeps", {
    visibilityTimeoutSeconds: 60,
    redrive: { deadLetterQueue: "dead", maxReceiveCount: 2 },
  });
  return { clock, sqs, queue };
}

describe("a queue", () => {
  test("a delayed message comes when its delay is over, which can be foreseen", () => {
    const { clock, queue } = account();
    queue.send("later", 900);
    queue.send("now");
    expect(queue.receive(10).map(({ body }) => body)).toEqual(["now"]);
    queue.delete(queue.messages().find(({ body }) => body === "now")?.receiptHandle ?? "");
    expect(queue.nextVisibleAt()).toBe(clock.now() + 900_000);
    clock.advance(899_999);
    expect(queue.receive()).toEqual([]);
    clock.advance(1);
    expect(queue.receive()).toMatchObject([{ body: "later", receiveCount: 1 }]);
  });

  test("a received message is hidden for the visibility timeout and then comes again", () => {
    const { clock, queue } = account();
    queue.send("a");
    const [first] = queue.receive();
    clock.advance(59_999);
    expect(queue.receive()).toEqual([]);
    clock.advance(1);
    const [second] = queue.receive();
    expect(second).toMatchObject({ id: first?.id, receiveCount: 2 });
    queue.delete(first?.receiptHandle ?? "");
    expect(queue.messages()).toHaveLength(1);
    queue.delete(second?.receiptHandle ?? "");
    expect(queue.messages()).toEqual([]);
  });

  test("a message received too often goes to the dead-letter queue", () => {
    const { clock, sqs, queue } = account();
    queue.send("poison");
    for (let round = 0; round < 2; round++) {
      expect(queue.receive()).toHaveLength(1);
      clock.advance(60_000);
    }
    expect(queue.receive()).toEqual([]);
    expect(queue.nextVisibleAt()).toBeUndefined();
    expect(sqs.queue("dead").receive()).toMatchObject([{ body: "poison" }]);
  });

  test("a message can be delivered twice at once", () => {
    const { queue } = account();
    const { id } = queue.send("a");
    expect(queue.receive()).toHaveLength(1);
    queue.redeliver(id);
    expect(queue.receive()).toMatchObject([{ id }]);
  });
});

describe("through the AWS SDK", () => {
  let base: ReturnType<typeof account>;
  let front: SqsFront;
  let client: SQSClient;
  let QueueUrl: string | undefined;

  beforeEach(async () => {
    base = account();
    front = new SqsFront({ sqs: base.sqs, clock: base.clock.now });
    client = new SQSClient({
      region: "eu-west-1",
      endpoint: await front.start(),
      credentials: { accessKeyId: "AKIDTEST", secretAccessKey: "secret" },
      maxAttempts: 1,
    });
    ({ QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: "sweeps" })));
  });

  afterEach(async () => {
    client.destroy();
    await front.stop();
  });

  test("a message is sent, received, hidden for longer, and deleted", async () => {
    const { MessageId } = await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: '{"node":"ö"}',
        MessageAttributes: { run: { DataType: "String", StringValue: "r1" } },
      }),
    );
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
      }),
    );
    expect(Messages).toMatchObject([
      { MessageId, Body: '{"node":"ö"}', Attributes: { ApproximateReceiveCount: "1" } },
    ]);
    const ReceiptHandle = Messages?.[0]?.ReceiptHandle;
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 120 }),
    );
    expect(base.queue.nextVisibleAt()).toBe(base.clock.now() + 120_000);
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "1",
      VisibilityTimeout: "60",
    });
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    expect(base.queue.messages()).toEqual([]);
  });

  test("more than 900 seconds of delay is refused, in a batch for its entry alone", async () => {
    await expect(
      client.send(new SendMessageCommand({ QueueUrl, MessageBody: "a", DelaySeconds: 901 })),
    ).rejects.toMatchObject({ name: "InvalidParameterValue", $metadata: { httpStatusCode: 400 } });
    const { Successful, Failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "1", MessageBody: "a", DelaySeconds: 900 },
          { Id: "2", MessageBody: "b", DelaySeconds: 901 },
        ],
      }),
    );
    expect(Successful?.map(({ Id }) => Id)).toEqual(["1"]);
    expect(Failed).toMatchObject([{ Id: "2", Code: "InvalidParameterValue", SenderFault: true }]);
  });

  test("an unknown queue and a batch that is too long are refused", async () => {
    const Entries = Array.from({ length: 11 }, (_, index) => ({ Id: String(index), MessageBody: "a" }));
    await expect(client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toMatchObject({
      name: "TooManyEntriesInBatchRequest",
    });
    await expect(client.send(new GetQueueUrlCommand({ QueueName: "nowhere" }))).rejects.toMatchObject({
      name: "QueueDoesNotExist",
    });
  });
});
