import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Delivered, SourceQueue } from "../engine/event-source.ts";
import type { Delays } from "./delays.ts";
import { type QueueURLs, VISIBILITY_SECONDS } from "./queues.ts";

interface Held extends Delivered {
  readonly receiptHandle: string;
  /** In the sandbox's time: when it may be handed out, or, once it was, when it becomes visible again. */
  at: number;
  isInFlight: boolean;
}

/**
 * A queue and its dead-letter queue on a real SQS. It receives in real time, with real receive counts and redrive, and hands
 * messages out when they are due in the sandbox's.
 */
export class RealQueue implements SourceQueue {
  readonly #client: SQSClient;
  readonly #urls: QueueURLs;
  readonly #delays: Delays;
  readonly #now: () => number;
  #held: Held[] = [];
  #receiving: Promise<void> | undefined;

  constructor(client: SQSClient, urls: QueueURLs, delays: Delays, now: () => number) {
    this.#client = client;
    this.#urls = urls;
    this.#delays = delays;
    this.#now = now;
  }

  async receive(): Promise<Delivered | undefined> {
    this.#receiving ??= this.#receiveAll().finally(() => {
      this.#receiving = undefined;
    });
    await this.#receiving;
    const now = this.#now();
    const next = this.#held
      .filter(({ at, isInFlight }) => !isInFlight && at <= now)
      .sort((a, b) => a.at - b.at)[0];
    if (next === undefined) return undefined;
    next.isInFlight = true;
    next.at = now + VISIBILITY_SECONDS * 1000;
    return next;
  }

  async delete(receiptHandle: string): Promise<void> {
    await this.#client.send(
      new DeleteMessageCommand({ QueueUrl: this.#urls.queue, ReceiptHandle: receiptHandle }),
    );
    this.#held = this.#held.filter((held) => held.receiptHandle !== receiptHandle);
  }

  nextVisibleAt(): number | undefined {
    return this.#held.length === 0 ? undefined : Math.min(...this.#held.map(({ at }) => at));
  }

  async deadLetters(): Promise<readonly string[]> {
    return (await this.#take(this.#urls.deadLetters)).map(({ body }) => body);
  }

  /** Whose visibility timeout is over in the sandbox's time gets it ended in real time, and comes again like the others. */
  async #receiveAll(): Promise<void> {
    const now = this.#now();
    const isOver = ({ at, isInFlight }: Held): boolean => isInFlight && at <= now;
    for (const { receiptHandle } of this.#held.filter(isOver))
      await this.#client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: this.#urls.queue,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        }),
      );
    this.#held = this.#held.filter((held) => !isOver(held));
    for (const message of await this.#take(this.#urls.queue)) {
      const at = await this.#delays.visibleAt(message.id);
      this.#held.push({ ...message, at, isInFlight: false });
    }
  }

  /** All that is visible. */
  async #take(QueueUrl: string): Promise<readonly (Delivered & { readonly receiptHandle: string })[]> {
    const taken: (Delivered & { readonly receiptHandle: string })[] = [];
    for (;;) {
      const { Messages = [] } = await this.#client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ["ApproximateReceiveCount"],
        }),
      );
      if (Messages.length === 0) return taken;
      for (const { MessageId = "", Body = "", ReceiptHandle = "", Attributes = {} } of Messages)
        taken.push({
          id: MessageId,
          body: Body,
          receiptHandle: ReceiptHandle,
          receiveCount: Number(Attributes.ApproximateReceiveCount),
        });
    }
  }
}
