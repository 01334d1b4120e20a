import type { Message, Queue } from "../sqs/index.ts";
import type { SandboxClock } from "./sandbox-clock.ts";

/** As in serverless.yml: how many sweeps run at once. */
export const MAXIMUM_CONCURRENCY = 4;
/** A message that is held back for longer is left for another time. */
const LONGEST_WAIT_MILLISECONDS = 16 * 60_000;

export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export type Delivered = Pick<Message, "id" | "body" | "receiveCount" | "receiptHandle">;

/** A queue as its event source mapping uses it. Times are the sandbox's. */
export interface SourceQueue {
  /** One message that is visible now. */
  receive(): Promise<Delivered | undefined>;
  delete(receiptHandle: string): Promise<void>;
  /** When the next message is visible that isn't now, also one that is in flight; undefined where there is none. */
  nextVisibleAt(): number | undefined;
}

export const sourceOf = (queue: Queue): SourceQueue => ({
  receive: async () => queue.receive(1)[0],
  delete: async (receiptHandle) => queue.delete(receiptHandle),
  nextVisibleAt: () => queue.nextVisibleAt(),
});

export type Reclaim = (event: unknown) => Promise<BatchResponse>;

/**
 * An event source mapping in process (Lambda Developer Guide, "Using Lambda with Amazon SQS"): batch size 1, a bounded
 * number of invocations at once, a message is deleted unless its invocation or its batch item failed. It ends when nothing
 * is visible, in flight or due soon.
 */
export async function drainQueue(
  queue: SourceQueue,
  clock: Pick<SandboxClock, "now" | "sleep">,
  reclaim: Reclaim,
  onFailure: (why: string) => void,
): Promise<void> {
  let running = 0;
  let wakeOthers = () => {};
  let oneEnded = new Promise<void>((resolve) => {
    wakeOthers = resolve;
  });
  const lane = async (): Promise<void> => {
    for (;;) {
      const message = await queue.receive();
      if (message !== undefined) {
        running++;
        await handle(queue, message, reclaim, onFailure);
        running--;
        wakeOthers();
        oneEnded = new Promise((resolve) => {
          wakeOthers = resolve;
        });
        continue;
      }
      if (running > 0) {
        await oneEnded;
        continue;
      }
      const next = queue.nextVisibleAt();
      if (next === undefined || next - clock.now() > LONGEST_WAIT_MILLISECONDS) return;
      await clock.sleep(Math.max(1, next - clock.now()));
    }
  };
  await Promise.all(Array.from({ length: MAXIMUM_CONCURRENCY }, lane));
}

async function handle(
  queue: SourceQueue,
  message: Delivered,
  reclaim: Reclaim,
  onFailure: (why: string) => void,
): Promise<void> {
  const { id, body, receiveCount, receiptHandle = "" } = message;
  const record = {
    messageId: id,
    receiptHandle,
    body,
    attributes: { ApproximateReceiveCount: String(receiveCount) },
    eventSource: "aws:sqs",
  };
  try {
    const { batchItemFailures } = await reclaim({ Records: [record] });
    if (batchItemFailures.length === 0) await queue.delete(receiptHandle);
    else onFailure(`message ${body} failed`);
  } catch (error) {
    onFailure(`reclaim: ${error instanceof Error ? error.message : String(error)}`);
  }
}
