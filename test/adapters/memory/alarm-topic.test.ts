import { createMemoryAlarmTopic } from "../../../src/adapters/memory/alarm-topic.ts";
import { describeAlarmTopic } from "../sns/topic-contract.ts";

describeAlarmTopic("memory", async () => {
  const topic = createMemoryAlarmTopic();
  return { topic, received: async () => topic.published, stop: async () => undefined };
});
