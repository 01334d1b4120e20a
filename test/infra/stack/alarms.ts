import { describe, expect, test } from "@jest/globals";
import type { Alarm, Metric } from "../../../src/ports/notices.ts";
import type { MakeStack } from "./asked.ts";
import { ofType, properties } from "./stack.ts";

export function describeAlarms(stack: MakeStack): void {
  describe("the alarms", () => {
    const alarms = () => ofType(stack(), "AWS::CloudWatch::Alarm");

    test("all tell the topic", () => {
      for (const [, { Properties }] of alarms())
        expect(Properties["AlarmActions"]).toEqual(["ref:AlarmTopic"]);
    });

    test("raise the dead man's after 26 hours without a collection, missing data included", () => {
      const { Metrics, ...alarm } = properties(stack(), "DeadManAlarm");
      expect(alarm).toMatchObject({
        EvaluationPeriods: 26,
        DatapointsToAlarm: 26,
        ComparisonOperator: "LessThanThreshold",
        Threshold: 1,
        TreatMissingData: "breaching",
      });
      expect(Metrics).toContainEqual(
        expect.objectContaining({
          MetricStat: expect.objectContaining({
            Period: 3600,
            Metric: expect.objectContaining({ MetricName: "CollectSucceeded" }),
          }),
        }),
      );
    });

    test("stay within what CloudWatch takes: a day of periods, or seven where they are an hour or longer", () => {
      for (const [, { Properties }] of alarms()) {
        const metrics = (Properties["Metrics"] ?? []) as { MetricStat?: { Period: number } }[];
        const period = (Properties["Period"] ??
          metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period) as number;
        const range = period * (Properties["EvaluationPeriods"] as number);
        expect(period % 60).toBe(0);
        expect(range).toBeLessThanOrEqual(period < 3600 ? 86_400 : 604_800);
      }
    });

    test.each<Metric>(["Unknown", "BreakerTripped", "Frozen"])("look at %s of this cluster", (metric) => {
      const looking = [...alarms().values()].filter(({ Properties }) => Properties["MetricName"] === metric);
      expect(looking).toHaveLength(1);
      expect(looking[0]?.Properties).toMatchObject({
        Namespace: "EniReclaimer",
        Dimensions: [{ Name: "cluster", Value: "blue" }],
        Threshold: 0,
        ComparisonOperator: "GreaterThanThreshold",
      });
    });

    test.each<Alarm["kind"]>([
      "lost-memory",
      "allocator-silent",
      "claim-put-back",
      "untagged-interface",
      "item-failed",
      "forbidden",
    ])("look at alarms of the kind %s", (kind) => {
      const looking = [...alarms().values()].filter(({ Properties }) =>
        JSON.stringify(Properties["Dimensions"])?.includes(`{"Name":"kind","Value":"${kind}"}`),
      );
      expect(looking).toHaveLength(1);
    });

    test("look at the dead letters and at the errors of each function", () => {
      expect(properties(stack(), "DeadLettersAlarm")).toMatchObject({
        MetricName: "ApproximateNumberOfMessagesVisible",
        Dimensions: [{ Name: "QueueName", Value: "SweepDeadLetters.QueueName" }],
      });
      const errors = [...alarms().values()].filter(({ Properties }) => Properties["MetricName"] === "Errors");
      expect(errors.map(({ Properties }) => Properties["Dimensions"])).toEqual(
        ["Collect", "Reclaim", "Clean"].map((name) => [
          { Name: "FunctionName", Value: `ref:${name}LambdaFunction` },
        ]),
      );
    });
  });
}
