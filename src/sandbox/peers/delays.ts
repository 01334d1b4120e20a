import { type Exchange, LoopbackServer } from "../http/loopback-server.ts";
import { type Forwarder, forwarderTo } from "./forward.ts";

interface Entry {
  readonly Id: string;
  DelaySeconds?: number;
}
interface Sent {
  readonly Successful?: readonly { readonly Id: string; readonly MessageId: string }[];
}

/**
 * Stands before a real SQS and takes DelaySeconds off the messages that are sent, for the queue would let real time pass: who
 * receives them asks here from when on, in the sandbox's time, they may be seen.
 */
export class Delays {
  readonly #now: () => number;
  readonly #visibleAt = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #forwarder: Forwarder;
  readonly #server: LoopbackServer;

  constructor(aws: string, now: () => number) {
    this.#now = now;
    this.#forwarder = forwarderTo(new URL(aws));
    this.#server = new LoopbackServer(now, (exchange) => {
      const passed = this.#pass(exchange);
      this.#underWay.add(passed);
      return passed.finally(() => this.#underWay.delete(passed));
    });
  }

  /** Returns its URL. */
  start(): Promise<string> {
    return this.#server.start();
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    this.#forwarder.close();
  }

  /** Of a message that was received. One may come before the answer to its sender. */
  async visibleAt(messageID: string): Promise<number> {
    if (!this.#visibleAt.has(messageID)) await Promise.allSettled(this.#underWay);
    return this.#visibleAt.get(messageID) ?? this.#now();
  }

  async #pass({ request, body, answer, drop }: Exchange): Promise<void> {
    const { method = "POST", url = "/", headers } = request;
    const isBatch = headers["x-amz-target"] === "AmazonSQS.SendMessageBatch";
    const input = JSON.parse(body) as { readonly Entries?: Entry[] };
    const delays = new Map<string, number>();
    for (const entry of isBatch ? (input.Entries ?? []) : []) {
      delays.set(entry.Id, entry.DelaySeconds ?? 0);
      delete entry.DelaySeconds;
    }
    try {
      const passed = await this.#forwarder.send(method, url, headers, JSON.stringify(input));
      const { Successful = [] } = isBatch ? (JSON.parse(passed.body) as Sent) : {};
      for (const { Id, MessageId } of Successful)
        this.#visibleAt.set(MessageId, this.#now() + (delays.get(Id) ?? 0) * 1000);
      answer(passed.status, passed.headers, passed.body);
    } catch {
      drop();
    }
  }
}
