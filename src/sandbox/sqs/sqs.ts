import { JsonError } from "../http/json-front.ts";
import { Queue, type QueueSettings } from "./queue.ts";

export interface SqsOptions {
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Seeded; for message IDs. */
  readonly random: () => number;
  readonly accountID?: string;
  readonly region?: string;
}

/** The queues of one account in one Region. */
export class Sqs {
  readonly accountID: string;
  readonly region: string;
  readonly #options: SqsOptions;
  readonly #queues = new Map<string, Queue>();

  constructor(options: SqsOptions) {
    this.#options = options;
    this.accountID = options.accountID ?? "123456789012";
    this.region = options.region ?? "eu-west-1";
  }

  /** CreateQueue's defaults: 30 s of visibility timeout, no delay. */
  createQueue(name: string, settings: Partial<QueueSettings> = {}): Queue {
    const queue = new Queue(
      name,
      { visibilityTimeoutSeconds: 30, delaySeconds: 0, ...settings },
      {
        clock: this.#options.clock,
        newID: () => this.#uuid(),
        bury: (deadLetterQueue, message) => this.queue(deadLetterQueue).accept(message),
      },
    );
    this.#queues.set(name, queue);
    return queue;
  }

  queue(name: string): Queue {
    const queue = this.#queues.get(name);
    if (queue === undefined) {
      throw new JsonError(
        "com.amazonaws.sqs#QueueDoesNotExist",
        "The specified queue does not exist.",
        "AWS.SimpleQueueService.NonExistentQueue",
      );
    }
    return queue;
  }

  arn(name: string): string {
    return `arn:aws:sqs:${this.region}:${this.accountID}:${name}`;
  }

  #uuid(): string {
    const hex = Array.from({ length: 8 }, () =>
      Math.floor(this.#options.random() * 0x10000)
        .toString(16)
        .padStart(4, "0"),
    ).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
