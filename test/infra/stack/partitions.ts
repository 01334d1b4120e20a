import { describe, expect, test } from "@jest/globals";
import { IN_VPC, type MakeStack, RELEASE } from "./asked.ts";

/** Everything that a parameter can add. */
const ALL = {
  ...RELEASE,
  ...IN_VPC,
  KmsKeyArn: "KEY",
  KubeconfigParameter: "/eni-reclaimer/blue/kubeconfig",
  KubeconfigKmsKeyArn: "KEY",
  AlarmEmail: "people@example.test",
};

export function describePartitions(stack: MakeStack): void {
  describe.each([
    ["aws-cn", "cn-north-1", "amazonaws.com.cn"],
    ["aws-us-gov", "us-gov-west-1", "amazonaws.com"],
  ])("in the partition %s", (partition, region, suffix) => {
    const made = () =>
      JSON.stringify([
        ...stackIn(stack, { "AWS::Partition": partition, "AWS::Region": region, "AWS::URLSuffix": suffix }),
      ]);

    test("every ARN is one of it", () => {
      const partitions = [...made().matchAll(/arn:([^:]+):/g)].map(([, found]) => found);
      expect(partitions.length).toBeGreaterThan(20);
      expect([...new Set(partitions)]).toEqual([partition]);
    });

    test("a key is used by the services of its region", () => {
      const services = [...made().matchAll(/"kms:ViaService":"([^"]+)"/g)].map(([, found]) => found);
      expect(services.sort()).toEqual(["sns", "sqs", "ssm"].map((name) => `${name}.${region}.${suffix}`));
    });
  });
}

const stackIn = (stack: MakeStack, place: Record<string, string>) => stack({ ...ALL, ...place }).resources;
