import { afterEach, describe, expect, it } from "@jest/globals";
import { createAlarmTopic } from "../../../src/adapters/sns/topic.ts";
import { type Answer, type Endpoint, hang, reset, type Script, startEndpoint } from "../aws/endpoint.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { alarmMessage } from "./alarm-messages.ts";

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms";

/** PublishBatch's answer (SNS API reference) that takes the entries of these IDs. */
const taking = (ids: readonly string[], failed = ""): Answer => ({
  headers: { "content-type": "text/xml" },
  body: `<PublishBatchResponse xmlns="https://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Successful>${ids
    .map((id) => `<member><Id>${id}</Id><MessageId>m-${id}</MessageId></member>`)
    .join("")}</Successful><Failed>${failed}</Failed></PublishBatchResult></PublishBatchResponse>`,
});
const refusing = (status: number, code: string): Answer => ({
  status,
  headers: { "content-type": "text/xml" },
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>words</Message></Error></ErrorResponse>`,
});

describe("SNS", () => {
  let endpoint: Endpoint | undefined;
  afterEach(async () => {
    await endpoint?.stop();
    endpoint = undefined;
  });
  async function topicOf(script: Script) {
    const clock = fakeClock();
    endpoint = await startEndpoint(clock.now, script);
    const topic = createAlarmTopic({
      region: "eu-west-1",
      endpoint: endpoint.url,
      credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
      clock,
      version: "1.2.3",
      topicARN: TOPIC,
    });
    return { topic, requests: endpoint.requests };
  }

  it("is told by one request, with what subscriptions filter by", async () => {
    const { topic, requests } = await topicOf(() => taking(["0", "1"]));
    await topic.publish([alarmMessage(), alarmMessage({ kind: "frozen" })]);
    expect(requests).toHaveLength(1);
    expect(Object.fromEntries(requests[0]?.form ?? [])).toMatchObject({
      Action: "PublishBatch",
      TopicArn: TOPIC,
      "PublishBatchRequestEntries.member.2.MessageAttributes.entry.1.Name": "kind",
      "PublishBatchRequestEntries.member.2.MessageAttributes.entry.1.Value.StringValue": "frozen",
    });
  });

  it("H45 is told the other batches where one is refused, and says what was not taken", async () => {
    const { topic, requests } = await topicOf((_, index) =>
      index === 0 ? refusing(403, "AuthorizationError") : taking(["0", "1"]),
    );
    await expect(topic.publish(Array.from({ length: 12 }, () => alarmMessage()))).rejects.toThrow(
      /^SNS did not take 10 of 12 messages: .*AuthorizationError/,
    );
    expect(requests).toHaveLength(2);
  });

  it("takes one that its answer doesn't name for not taken, and tells why one failed", async () => {
    const failed = "<member><Id>1</Id><Code>InternalError</Code><Message>later</Message></member>";
    const { topic } = await topicOf(() => taking(["0"], failed));
    await expect(topic.publish([alarmMessage(), alarmMessage(), alarmMessage()])).rejects.toThrow(
      "SNS did not take 2 of 3 messages: later; no answer for it",
    );
  });

  it.each<[string, Script]>([
    ["is throttled", () => refusing(400, "Throttled")],
    ["fails", () => refusing(500, "InternalError")],
    ["drops the connection", () => reset],
    ["never answers", () => hang],
  ])("is asked once where it %s: an invocation doesn't wait for it", async (_, script) => {
    const { topic, requests } = await topicOf(script);
    await expect(topic.publish([alarmMessage()])).rejects.toThrow("SNS did not take 1 of 1 messages");
    expect(requests).toHaveLength(1);
  });
});
