import { describe, expect, test } from "@jest/globals";
import { messagesOf } from "../../../src/adapters/sns/message.ts";
import type { Alarm } from "../../../src/ports/notices.ts";

const BY = { clusterName: "blue", service: "reclaim" };
const FAILED: Alarm = { kind: "item-failed", message: "EC2 said no", node: "n1", subject: "10.0.3.17" };

describe("a message", () => {
  test("says what, where and what to do", () => {
    expect(messagesOf([FAILED], BY)).toEqual([
      {
        kind: "item-failed",
        cluster: "blue",
        title: "eni-reclaimer: item-failed in blue",
        text: [
          "item-failed, told by reclaim of the cluster blue.",
          "",
          "- node n1, 10.0.3.17: EC2 said no",
          "",
          'What to do: The others were done; this is put off and tried again ("What is put off").',
          'More of it: docs/operations.md, "Alarms".',
        ].join("\n"),
      },
    ]);
  });

  test("is one for each kind, in the order of their first alarms", () => {
    const alarms: Alarm[] = [FAILED, { kind: "breaker", message: "half of it" }, { ...FAILED, node: "n2" }];
    expect(messagesOf(alarms, BY).map(({ kind, title }) => [kind, title])).toEqual([
      ["item-failed", "eni-reclaimer: item-failed (2 times) in blue"],
      ["breaker", "eni-reclaimer: breaker in blue"],
    ]);
  });

  test("shows ten of a thousand, and counts the others", () => {
    const alarms = Array.from(
      { length: 1_000 },
      (_, index): Alarm => ({
        kind: "untagged-interface",
        message: "it has no tag",
        subject: `eni-${index}`,
      }),
    );
    const [message, ...others] = messagesOf(alarms, BY);
    expect(others).toEqual([]);
    expect(message?.title).toBe("eni-reclaimer: untagged-interface (1000 times) in blue");
    expect(message?.text.match(/- eni-/g)).toHaveLength(10);
    expect(message?.text).toContain(
      '- and 990 more: lines with "alarm":"untagged-interface" in the log of reclaim',
    );
  });

  test("says the same line once", () => {
    const [message] = messagesOf([FAILED, FAILED, FAILED], BY);
    expect(message?.title).toContain("(3 times)");
    expect(message?.text.match(/EC2 said no/g)).toHaveLength(1);
  });

  test("has a title that SNS takes, whatever the cluster is called", () => {
    const [message] = messagesOf([FAILED], { ...BY, clusterName: "c".repeat(100) });
    expect(message?.title).toMatch(/^[ -~]{1,99}$/);
  });

  test("stays short where a message is long, and on its line where it has several", () => {
    const [message] = messagesOf([{ ...FAILED, message: `a\n\nb ${"x".repeat(10_000)}` }], BY);
    expect(message?.text.length).toBeLessThan(1_000);
    expect(message?.text).toContain(": a b xxx");
  });
});
