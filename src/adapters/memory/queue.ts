import type { Clock } from "../../ports/clock.ts";
import type { SweepMessage, SweepQueue } from "../../ports/queue.ts";
import { readSweepMessage, writeSweepMessage } from "../sqs/message.ts";

/** A {@link SweepQueue} in this process. Messages are kept as the text that a real queue would carry. */
export interface MemoryQueue extends SweepQueue {
  /** Takes the message that has been due for the longest, undefined where none is due. */
  next(now: number): SweepMessage | undefined;
  /** When the earliest message is due, milliseconds of the clock; undefined where there is none. */
  nextDueAt(): number | undefined;
  /** How many wait, due or not. */
  readonly size: number;
}

export function createMemoryQueue(clock: Pick<Clock, "now">): MemoryQueue {
  const waiting: { readonly dueAt: number; readonly body: string }[] = [];
  return {
    async send(messages) {
      const now = clock.now();
      const added = messages.map((message) => ({
        dueAt: now + message.delaySeconds * 1000,
        body: writeSweepMessage(message),
      }));
      waiting.push(...added);
      // The sort is stable: what is due at the same time comes in the order of sending.
      waiting.sort((a, b) => a.dueAt - b.dueAt);
    },
    next(now) {
      const first = waiting[0];
      if (first === undefined || first.dueAt > now) return undefined;
      waiting.shift();
      const read = readSweepMessage(first.body);
      if (!read.readable) throw new Error(`a message of our own is unreadable: ${read.why}`);
      return read.object;
    },
    nextDueAt: () => waiting[0]?.dueAt,
    get size() {
      return waiting.length;
    },
  };
}
