import type { AlarmMessage, AlarmTopic } from "../../ports/alarm-topic.ts";

/** An {@link AlarmTopic} in this process. */
export interface MemoryAlarmTopic extends AlarmTopic {
  readonly published: readonly AlarmMessage[];
}

export function createMemoryAlarmTopic(): MemoryAlarmTopic {
  const published: AlarmMessage[] = [];
  return {
    published,
    async publish(messages) {
      published.push(...messages);
    },
  };
}
