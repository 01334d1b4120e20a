import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../../../functions/config.ts";
import { environmentsOf, FUNCTIONS, IN_VPC, type MakeStack } from "./asked.ts";
import { ofType, properties } from "./stack.ts";

export function describeFunctions(stack: MakeStack): void {
  describe("the functions", () => {
    test("start with the environment that the stack gives them", () => {
      for (const environment of environmentsOf(stack()))
        expect(readConfig(environment).settings.mode).toBe("observe");
    });

    test("run on Node 24, arm64", () => {
      for (const [, { Properties }] of ofType(stack(), "AWS::Lambda::Function"))
        expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
    });

    test("are outside any VPC unless subnets are given", () => {
      expect(properties(stack(), "CollectLambdaFunction")).not.toHaveProperty("VpcConfig");
      expect(properties(stack(IN_VPC), "CollectLambdaFunction")["VpcConfig"]).toEqual({
        SubnetIds: IN_VPC.SubnetIds,
        SecurityGroupIds: "sg-1",
      });
    });

    test("keep their logs for 90 days, under the key where there is one", () => {
      const key = "arn:aws:kms:eu-central-1:111122223333:key/k";
      const groups = [...ofType(stack({ KmsKeyArn: key }), "AWS::Logs::LogGroup").values()];
      expect(groups).toHaveLength(FUNCTIONS.length);
      for (const { Properties } of groups)
        expect(Properties).toMatchObject({ RetentionInDays: 90, KmsKeyId: key });
    });

    test("collect daily for leaks, every five minutes for what is due, and when an instance is terminated", () => {
      const rules = [...ofType(stack(), "AWS::Events::Rule").values()].map(({ Properties }) => ({
        when: Properties["ScheduleExpression"] ?? Properties["EventPattern"],
        input: (Properties["Targets"] as { Input?: string }[])[0]?.Input,
      }));
      expect(rules).toEqual([
        { when: "cron(17 3 * * ? *)", input: '{"kind":"leaks"}' },
        { when: "rate(5 minutes)", input: '{"kind":"due"}' },
        {
          when: {
            source: ["aws.ec2"],
            "detail-type": ["EC2 Instance State-change Notification"],
            detail: { state: ["terminated"] },
          },
          input: undefined,
        },
      ]);
    });
  });
}
