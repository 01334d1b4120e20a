import { beforeEach, describe, expect, test } from "@jest/globals";
import { createMemoryAlarmTopic, type MemoryAlarmTopic } from "../../../src/adapters/memory/alarm-topic.ts";
import {
  type AlarmTeller,
  alarmTeller,
  MOST_MESSAGES,
  QUIET_MILLISECONDS,
} from "../../../src/adapters/sns/teller.ts";
import type { AlarmTopic } from "../../../src/ports/alarm-topic.ts";
import type { Alarm } from "../../../src/ports/notices.ts";

let now: number;
let topic: MemoryAlarmTopic;
let failures: unknown[];
const tellingTo = (where: AlarmTopic): AlarmTeller =>
  alarmTeller({
    topic: where,
    clusterName: "blue",
    service: "collect",
    clock: { now: () => now },
    failed: (error) => failures.push(error),
  });
let teller: AlarmTeller;
beforeEach(() => {
  now = 1_000_000;
  failures = [];
  topic = createMemoryAlarmTopic();
  teller = tellingTo(topic);
});

const FROZEN: Alarm = { kind: "frozen", message: "frozen by hand" };
const silent = (node: string): Alarm => ({ kind: "allocator-silent", message: "no answer", node });
const published = () => topic.published.length;

describe("telling", () => {
  test("is one message a kind for all that an invocation alarmed", async () => {
    for (let index = 0; index < 1_000; index++) teller.alarm(silent(`n${index}`));
    teller.alarm(FROZEN);
    await teller.tell();
    expect(topic.published.map(({ kind }) => kind)).toEqual(["allocator-silent", "frozen"]);
  });

  test("keeps quiet where nothing was alarmed, and about what was told already", async () => {
    await teller.tell();
    expect(published()).toBe(0);
    teller.alarm(FROZEN);
    await teller.tell();
    await teller.tell();
    expect(published()).toBe(1);
  });

  test("keeps quiet about what lasts, whatever numbers its words hold, and tells it again after six hours", async () => {
    for (let minutes = 0; minutes < QUIET_MILLISECONDS / 60_000; minutes += 5) {
      teller.alarm({ ...FROZEN, message: `frozen for ${minutes} minutes` });
      await teller.tell();
      now += 300_000;
    }
    expect(published()).toBe(1);
    teller.alarm(FROZEN);
    await teller.tell();
    expect(published()).toBe(2);
  });

  test("tells at once of another node, and of that one alone", async () => {
    teller.alarm(silent("n1"));
    await teller.tell();
    teller.alarm(silent("n1"));
    teller.alarm(silent("n2"));
    await teller.tell();
    expect(published()).toBe(2);
    expect(topic.published[1]?.text).toContain("node n2");
    expect(topic.published[1]?.text).not.toContain("node n1");
  });

  test("sends at most five messages of a kind in six hours, and still those of another", async () => {
    for (let index = 0; index < 500; index++) {
      teller.alarm(silent(`n${index}`));
      await teller.tell();
    }
    expect(published()).toBe(MOST_MESSAGES);
    teller.alarm(FROZEN);
    await teller.tell();
    expect(published()).toBe(MOST_MESSAGES + 1);
    now += QUIET_MILLISECONDS;
    teller.alarm(silent("n500"));
    await teller.tell();
    expect(published()).toBe(MOST_MESSAGES + 2);
  });

  test("never fails: what the topic doesn't take is told to the log, and tried again when it is alarmed again", async () => {
    let isDown = true;
    teller = tellingTo({
      publish: (messages) => (isDown ? Promise.reject(new Error("no way to SNS")) : topic.publish(messages)),
    });
    teller.alarm(FROZEN);
    await teller.tell();
    expect(failures).toEqual([new Error("no way to SNS")]);
    isDown = false;
    await teller.tell();
    expect(published()).toBe(0);
    teller.alarm(FROZEN);
    await teller.tell();
    expect(published()).toBe(1);
  });
});
