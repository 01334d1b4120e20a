import { cloudWatchNotices } from "../../src/adapters/cloudwatch/notices.ts";
import { alarmTeller } from "../../src/adapters/sns/teller.ts";
import { createAlarmTopic } from "../../src/adapters/sns/topic.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { FunctionConfig } from "../config.ts";
import type { InvocationNotices } from "../lambda/notices.ts";
import { awsAccess } from "./aws-access.ts";
import { tellingAll } from "./listeners.ts";
import type { Overrides } from "./overrides.ts";

/** CloudWatch hears everything; a topic, where one is given, what a person must look at. */
export function invocationNotices(
  service: string,
  config: FunctionConfig,
  clock: Clock,
  { notices: listener, write }: Overrides,
): InvocationNotices {
  const { clusterName } = config.settings;
  const real = cloudWatchNotices({
    clusterName,
    service,
    logLevel: config.logLevel,
    ...(write === undefined ? {} : { write }),
  });
  const { alarmTopicARN } = config;
  const heard = listener === undefined ? real : { ...real, ...tellingAll([real, listener]) };
  if (alarmTopicARN === undefined) return heard;
  const teller = alarmTeller({
    topic: createAlarmTopic({ ...awsAccess(config, "sns", clock), topicARN: alarmTopicARN }),
    clusterName,
    service,
    clock,
    failed: (error) => real.warned("people were not told", { topic: alarmTopicARN, why: String(error) }),
  });
  return {
    ...heard,
    alarm(alarm) {
      heard.alarm(alarm);
      teller.alarm(alarm);
    },
    flush() {
      // First what can't fail: what Lambda ends in the middle of a call to SNS has its metrics.
      real.flush();
      return teller.tell();
    },
  };
}
