import { describe, expect, it } from "@jest/globals";
import { createMemoryQueue } from "../../../src/adapters/memory/queue.ts";
import type { SweepMessage } from "../../../src/ports/queue.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { describeSweepQueue } from "../sqs/queue-contract.ts";
import { sweep } from "../sqs/sweeps.ts";

describeSweepQueue("memory", async () => {
  const clock = fakeClock();
  const queue = createMemoryQueue(clock);
  return {
    queue,
    receiveAfter: async (seconds) => {
      clock.advance(seconds * 1000);
      const received: SweepMessage[] = [];
      for (let next = queue.next(clock.now()); next !== undefined; next = queue.next(clock.now()))
        received.push(next);
      return received;
    },
    waiting: async () => queue.size,
    stop: async () => undefined,
  };
});

describe("MemoryQueue", () => {
  it("tells when its next message is due, and how many wait", async () => {
    const clock = fakeClock(1_000);
    const queue = createMemoryQueue(clock);
    expect([queue.nextDueAt(), queue.size]).toEqual([undefined, 0]);
    await queue.send([sweep("late", { delaySeconds: 5 }), sweep("soon", { delaySeconds: 1 })]);
    expect([queue.nextDueAt(), queue.size]).toEqual([2_000, 2]);
    expect(queue.next(1_999)).toBeUndefined();
    expect(queue.next(2_000)?.node).toBe("soon");
    expect([queue.nextDueAt(), queue.size]).toEqual([6_000, 1]);
  });

  it("gives messages that are due at once in the order of sending", async () => {
    const clock = fakeClock();
    const queue = createMemoryQueue(clock);
    await queue.send([sweep("a"), sweep("b")]);
    await queue.send([sweep("c")]);
    expect([1, 2, 3].map(() => queue.next(clock.now())?.node)).toEqual(["a", "b", "c"]);
  });
});
