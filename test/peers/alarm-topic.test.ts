import { describe, expect, it } from "@jest/globals";
import { createAlarmTopic } from "../../src/adapters/sns/topic.ts";
import { alarmMessage } from "../adapters/sns/alarm-messages.ts";
import { describeAlarmTopic } from "../adapters/sns/topic-contract.ts";
import { access } from "./localstack/access.ts";
import { topicOnLocalStack } from "./localstack/sns.ts";
import { awsPeer, describeWhere } from "./peers.ts";

describeWhere(awsPeer)("a real wire of SNS", () => {
  describeAlarmTopic("SNS on LocalStack", () => topicOnLocalStack(awsPeer ?? ""));

  describe("beyond the contract", () => {
    it("a subscription gets the kinds that it asks for, and no others", async () => {
      const peer = await topicOnLocalStack(awsPeer ?? "", { kind: ["lost-memory"], cluster: ["blue"] });
      const wanted = alarmMessage({ kind: "lost-memory", text: "wanted" });
      await peer.topic.publish([
        alarmMessage({ kind: "frozen" }),
        alarmMessage({ kind: "lost-memory", cluster: "green" }),
        wanted,
      ]);
      expect(await peer.received(1)).toEqual([wanted]);
      await peer.stop();
    });

    it("a topic that is not there is told in words", async () => {
      const topicARN = "arn:aws:sns:eu-west-1:000000000000:nobody-made-this";
      const topic = createAlarmTopic({ ...access(awsPeer ?? ""), topicARN });
      await expect(topic.publish([alarmMessage()])).rejects.toThrow(
        /^SNS did not take 1 of 1 messages: NotFound/,
      );
    });
  });
});
