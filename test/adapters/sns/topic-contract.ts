import { afterEach, describe, expect, it } from "@jest/globals";
import type { AlarmMessage, AlarmTopic } from "../../../src/ports/alarm-topic.ts";
import type { Alarm } from "../../../src/ports/notices.ts";
import { alarmMessage } from "./alarm-messages.ts";

/** A topic and what a subscriber got of it. */
export interface TopicPeer {
  readonly topic: AlarmTopic;
  /** Waits until there are so many, and takes all that are there then, in any order. */
  received(count: number): Promise<readonly AlarmMessage[]>;
  stop(): Promise<void>;
}

const KINDS: readonly Alarm["kind"][] = [
  "frozen",
  "lost-memory",
  "breaker",
  "unknown",
  "allocator-silent",
  "claim-put-back",
  "untagged-interface",
  "item-failed",
  "forbidden",
];

/** What every {@link AlarmTopic} does. */
export function describeAlarmTopic(name: string, makePeer: () => Promise<TopicPeer>): void {
  describe(`AlarmTopic by ${name}`, () => {
    let peer: TopicPeer | undefined;
    afterEach(async () => {
      await peer?.stop();
      peer = undefined;
    });
    const byText = (messages: readonly AlarmMessage[]) =>
      [...messages].sort((a, b) => (a.text < b.text ? -1 : 1));

    it("brings a message to its subscriber as it was sent", async () => {
      peer = await makePeer();
      const message = alarmMessage({ text: 'breaker …\n\n- node n1, 10.0.3.17: "half" <of it> & more' });
      await peer.topic.publish([message]);
      expect(await peer.received(1)).toEqual([message]);
    });

    it("brings one message of each kind, each by itself", async () => {
      peer = await makePeer();
      const messages = KINDS.map((kind) => alarmMessage({ kind, text: kind }));
      await peer.topic.publish(messages);
      expect(byText(await peer.received(KINDS.length))).toEqual(byText(messages));
    });

    it("H46 brings more than fit a batch, the last one too", async () => {
      peer = await makePeer();
      const messages = Array.from({ length: 23 }, (_, index) => alarmMessage({ text: `message ${index}` }));
      await peer.topic.publish(messages);
      expect(byText(await peer.received(messages.length))).toEqual(byText(messages));
    });

    it("brings nothing where nothing is sent", async () => {
      peer = await makePeer();
      await peer.topic.publish([]);
      const last = alarmMessage({ text: "the only one" });
      await peer.topic.publish([last]);
      expect(await peer.received(1)).toEqual([last]);
    });
  });
}
