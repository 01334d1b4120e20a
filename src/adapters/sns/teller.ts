import type { AlarmTopic } from "../../ports/alarm-topic.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Alarm } from "../../ports/notices.ts";
import { messagesOf } from "./message.ts";

export interface TellerOptions {
  readonly topic: AlarmTopic;
  readonly clusterName: string;
  /** Which function speaks. */
  readonly service: string;
  readonly clock: Pick<Clock, "now">;
  /** Told where the topic could not be: telling never fails. */
  readonly failed: (error: unknown) => void;
}

/** Tells a topic what was alarmed, once an invocation and not again and again. */
export interface AlarmTeller {
  alarm(alarm: Alarm): void;
  /** Tells what has been alarmed since the last time; never rejects. */
  tell(): Promise<void>;
}

/**
 * The five-minute run raises what lasts each time. A person is told it again after so long, or where its function starts anew;
 * the CloudWatch alarm shows in between that it lasts.
 */
export const QUIET_MILLISECONDS = 6 * 3_600_000;

/** What befalls many nodes one after another: so many messages of a kind in that time. */
export const MOST_MESSAGES = 5;

interface Told {
  readonly until: number;
  readonly alarms: Set<string>;
  messages: number;
}

export function alarmTeller(options: TellerOptions): AlarmTeller {
  const { topic, clock, failed } = options;
  let heard: Alarm[] = [];
  const told = new Map<Alarm["kind"], Told>();

  /** What was told of a kind lately. */
  const toldOf = (kind: Alarm["kind"]): Told => {
    const now = clock.now();
    const known = told.get(kind);
    if (known !== undefined && known.until > now) return known;
    const fresh = { until: now + QUIET_MILLISECONDS, alarms: new Set<string>(), messages: 0 };
    told.set(kind, fresh);
    return fresh;
  };
  const isNews = (alarm: Alarm): boolean => {
    const { alarms, messages } = toldOf(alarm.kind);
    return messages < MOST_MESSAGES && !alarms.has(placeOf(alarm));
  };

  return {
    alarm: (alarm) => void heard.push(alarm),
    async tell() {
      const news = heard.filter(isNews);
      heard = [];
      if (news.length === 0) return;
      try {
        await topic.publish(messagesOf(news, options));
      } catch (error) {
        failed(error);
        return;
      }
      for (const kind of new Set(news.map((alarm) => alarm.kind))) toldOf(kind).messages += 1;
      for (const alarm of news) toldOf(alarm.kind).alarms.add(placeOf(alarm));
    },
  };
}

/** What makes an alarm the same as an earlier one: its words may hold numbers that change. */
const placeOf = ({ node, subject }: Alarm): string => JSON.stringify([node, subject]);
