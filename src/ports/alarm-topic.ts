import type { Alarm } from "./notices.ts";

/** What a person is sent: several alarms of one kind are one message. */
export interface AlarmMessage {
  readonly kind: Alarm["kind"];
  /** Name of the cluster. */
  readonly cluster: string;
  /** One line of at most {@link LONGEST_TITLE} characters, ASCII. */
  readonly title: string;
  readonly text: string;
}

/** SNS API reference, Publish, Subject: ASCII, no line breaks, less than 100 characters. */
export const LONGEST_TITLE = 99;

/** Where people subscribe to what they must look at. */
export interface AlarmTopic {
  /**
   * Tells all of them, each by itself, within a few seconds.
   * @throws where one or more were not taken; the others were told
   */
  publish(messages: readonly AlarmMessage[]): Promise<void>;
}
