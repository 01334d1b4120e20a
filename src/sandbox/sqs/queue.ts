import { JsonError } from "../http/json-front.ts";
import { type Message, type MessageAttributes, md5 } from "./messages.ts";

export interface QueueSettings {
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  /** After so many receives that were not followed by a delete, a message goes to the other queue. */
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number };
}

/** SQS quotas, "Message quotas": 15 minutes of delay, 12 hours of visibility timeout, 1 MiB. */
const MAXIMUM_DELAY_SECONDS = 900;
const MAXIMUM_VISIBILITY_SECONDS = 43_200;
const MAXIMUM_BYTES = 1_048_576;

export interface QueueWorld {
  readonly clock: () => number;
  readonly newID: () => string;
  /** Takes a message to a dead-letter queue. */
  readonly bury: (queue: string, message: Message) => void;
}

/** A standard queue: at least once, in no promised order (here: by the time at which a message became visible). */
export class Queue {
  readonly name: string;
  readonly settings: QueueSettings;
  readonly #world: QueueWorld;
  readonly #messages = new Map<string, Message>();

  constructor(name: string, settings: QueueSettings, world: QueueWorld) {
    this.name = name;
    this.settings = settings;
    this.#world = world;
  }

  /** Throws where the delay or the size is out of bounds. */
  send(body: string, delaySeconds = this.settings.delaySeconds, attributes: MessageAttributes = {}): Message {
    // Recorded answer: aws-sdk tests of several SQS emulators hold the same message.
    if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > MAXIMUM_DELAY_SECONDS) {
      throw invalid(
        `Value ${delaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${MAXIMUM_DELAY_SECONDS}.`,
      );
    }
    if (body === "") {
      throw new JsonError(
        "MissingParameter",
        "The request must contain the parameter MessageBody.",
        "MissingParameter",
      );
    }
    if (Buffer.byteLength(body) > MAXIMUM_BYTES) {
      throw invalid(
        `One or more parameters are invalid. Reason: Message must be shorter than ${MAXIMUM_BYTES} bytes.`,
      );
    }
    const now = this.#world.clock();
    const message: Message = {
      id: this.#world.newID(),
      body,
      md5OfBody: md5(body),
      attributes,
      sentAt: now,
      visibleAt: now + delaySeconds * 1000,
      receiveCount: 0,
      firstReceivedAt: undefined,
      receiptHandle: undefined,
    };
    this.#messages.set(message.id, message);
    return message;
  }

  /** A message that comes from the queue of which this is the dead-letter queue. */
  accept(message: Message): void {
    this.#messages.set(message.id, { ...message, visibleAt: this.#world.clock(), receiptHandle: undefined });
  }

  /** Visible messages, at most so many; each is hidden for the visibility timeout. One received too often is buried instead. */
  receive(maximum = 1, visibilityTimeoutSeconds = this.settings.visibilityTimeoutSeconds): Message[] {
    requireVisibility(visibilityTimeoutSeconds);
    const now = this.#world.clock();
    const received: Message[] = [];
    const visible = [...this.#messages.values()]
      .filter(({ visibleAt }) => visibleAt <= now)
      .sort((a, b) => a.visibleAt - b.visibleAt);
    for (const message of visible) {
      if (received.length === maximum) break;
      if (this.#buries(message)) continue;
      message.receiveCount++;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilityTimeoutSeconds * 1000;
      message.receiptHandle = `${message.id}#${message.receiveCount}`;
      received.push({ ...message });
    }
    return received;
  }

  /** A handle of an earlier receive, or of a message that is gone, is accepted and does nothing (DeleteMessage). */
  delete(receiptHandle: string): void {
    const message = this.#byHandle(receiptHandle);
    if (message?.receiptHandle === receiptHandle) this.#messages.delete(message.id);
  }

  changeVisibility(receiptHandle: string, seconds: number): void {
    requireVisibility(seconds);
    const now = this.#world.clock();
    const message = this.#byHandle(receiptHandle);
    if (message === undefined || message.visibleAt <= now) {
      // ChangeMessageVisibility, "Errors": the message isn't in flight. A gone message is answered alike (unverified).
      throw new JsonError(
        "MessageNotInflight",
        "The specified message isn't in flight.",
        "AWS.SimpleQueueService.MessageNotInflight",
      );
    }
    message.visibleAt = now + seconds * 1000;
  }

  /** When the next message is or becomes visible; undefined where there is none. */
  nextVisibleAt(): number | undefined {
    let next: number | undefined;
    for (const { visibleAt } of this.#messages.values()) {
      if (next === undefined || visibleAt < next) next = visibleAt;
    }
    return next;
  }

  /** Standard queues may deliver a message again at any time: makes one visible now, though it is in flight. */
  redeliver(messageID: string): void {
    const message = this.#messages.get(messageID);
    if (message !== undefined) message.visibleAt = this.#world.clock();
  }

  /** All that is in the queue, visible or not. */
  messages(): readonly Readonly<Message>[] {
    return [...this.#messages.values()];
  }

  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    const now = this.#world.clock();
    const hidden = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt > now);
    const delayed = hidden.filter(({ receiveCount }) => receiveCount === 0).length;
    return { visible: this.#messages.size - hidden.length, inFlight: hidden.length - delayed, delayed };
  }

  /** SQS Developer Guide, "Using dead-letter queues": moved when it would be received more often than maxReceiveCount. */
  #buries(message: Message): boolean {
    const { redrive } = this.settings;
    if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
    this.#messages.delete(message.id);
    this.#world.bury(redrive.deadLetterQueue, message);
    return true;
  }

  #byHandle(receiptHandle: string): Message | undefined {
    const [id = "", count] = receiptHandle.split("#");
    if (count === undefined) {
      throw new JsonError(
        "ReceiptHandleIsInvalid",
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
        "ReceiptHandleIsInvalid",
      );
    }
    return this.#messages.get(id);
  }
}

export function invalid(message: string): JsonError {
  return new JsonError("InvalidParameterValueException", message, "InvalidParameterValue");
}

function requireVisibility(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MAXIMUM_VISIBILITY_SECONDS) return;
  throw invalid(
    `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and ${MAXIMUM_VISIBILITY_SECONDS}.`,
  );
}
