import { describe, expect, test } from "@jest/globals";
import type { MakeStack } from "./asked.ts";
import { ofType, properties } from "./stack.ts";

export function describeQueue(stack: MakeStack): void {
  describe("the queue", () => {
    test("hides a message for six times the sweep's timeout, and sets it aside after five failures", () => {
      const queue = properties(stack(), "SweepQueue");
      const timeout = properties(stack(), "ReclaimLambdaFunction")["Timeout"] as number;
      expect(queue["VisibilityTimeout"]).toBe(6 * timeout);
      expect(queue["RedrivePolicy"]).toEqual({
        deadLetterTargetArn: "SweepDeadLetters.Arn",
        maxReceiveCount: 5,
      });
    });

    test("gives one message at a time to so many functions, and takes back only what failed", () => {
      const [mapping] = [
        ...ofType(stack({ MaximumConcurrency: "7" }), "AWS::Lambda::EventSourceMapping").values(),
      ];
      expect(mapping?.Properties).toMatchObject({
        BatchSize: 1,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        ScalingConfig: { MaximumConcurrency: "7" },
      });
    });

    test("is encrypted, by SQS or by the key", () => {
      for (const name of ["SweepQueue", "SweepDeadLetters"]) {
        expect(properties(stack(), name)).toMatchObject({ SqsManagedSseEnabled: true });
        const withKey = properties(stack({ KmsKeyArn: "arn:aws:kms:eu-central-1:1:key/k" }), name);
        expect(withKey["KmsMasterKeyId"]).toBe("arn:aws:kms:eu-central-1:1:key/k");
        expect(withKey).not.toHaveProperty("SqsManagedSseEnabled");
      }
    });
  });
}
