import type { AlarmMessage } from "../../../src/ports/alarm-topic.ts";

/** A message as a function sends it. */
export const alarmMessage = (more: Partial<AlarmMessage> = {}): AlarmMessage => ({
  kind: "breaker",
  cluster: "blue",
  title: "eni-reclaimer: breaker in blue",
  text: "breaker, told by collect of the cluster blue.\n\n- subnet-1: half of it looks leaked",
  ...more,
});
