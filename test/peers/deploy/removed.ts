import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { until } from "../kubectl.ts";
import { aws } from "./aws.ts";
import { STACK, type Told } from "./stack.ts";

/** How each service lists all that it has: whatever of it carries the stack's name is the stack's. */
const LISTS: readonly (readonly string[])[] = [
  ["cloudwatch", "describe-alarms"],
  ["events", "list-rules"],
  ["iam", "list-policies", "--scope", "Local"],
  ["iam", "list-roles"],
  ["lambda", "list-event-source-mappings"],
  ["lambda", "list-functions"],
  ["logs", "describe-log-groups"],
  ["s3api", "list-buckets"],
  ["sns", "list-subscriptions"],
  ["sns", "list-topics"],
  ["sqs", "list-queues"],
];

/** @param topic the topic's ARN: its name isn't the stack's */
export function describeRemoved(told: () => Told, topic: () => string): void {
  describe("a stack that was removed", () => {
    test.each(LISTS.map((list) => [list.join(" "), list] as const))("leaves nothing: %s", async (_, list) => {
      const all = JSON.stringify((await aws(...list)) ?? {});
      expect(all).not.toContain(STACK);
      expect(all).not.toContain(topic());
    });

    test("leaves no process of its functions", async () => {
      await until(async () => functionProcesses().length === 0);
    });

    test("leaves the mirror, which collect has made: docs/deploy.md says so", async () => {
      const name = ["--name", `/eni-reclaimer/${told()["clusterName"]}/mirror`];
      expect((await aws("ssm", "get-parameter", ...name)).Parameter.Type).toBe("String");
      await aws("ssm", "delete-parameter", ...name);
    });
  });
}

/** Those of the stack's functions, where the machine shows what environment they have (proc_pid_environ(5)). */
export function functionProcesses(): readonly string[] {
  let pids: readonly string[] = [];
  try {
    pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`AWS_LAMBDA_FUNCTION_NAME=${STACK}`);
    } catch {
      return false;
    }
  });
}
