import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import type { Sentence } from "../../contract/sentences.ts";
import { until } from "../kubectl.ts";
import { RUN } from "../peers.ts";
import { aws } from "./aws.ts";

const NAME = `any-${RUN}`;

const LAMBDA = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const DASHBOARD = {
  Type: "AWS::CloudWatch::Dashboard",
  Properties: { DashboardName: NAME, DashboardBody: JSON.stringify({ widgets: [] }) },
};
const ROLE = { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: LAMBDA } };
const RULE = { Type: "AWS::Events::Rule", Properties: { ScheduleExpression: { Ref: "Every" } } };
/** Its actions and dimensions would do as well: what is changed is a description. */
const ALARM = {
  Type: "AWS::CloudWatch::Alarm",
  Properties: {
    AlarmName: NAME,
    AlarmDescription: { Ref: "Every" },
    Namespace: NAME,
    MetricName: "Any",
    Statistic: "Sum",
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: "GreaterThanThreshold",
  },
};
const template = (Resources: object) => ({
  Parameters: {
    Every: { Type: "String", Default: "rate(5 minutes)", AllowedPattern: "rate\\(.+\\)" },
    Sid: { Type: "String", Default: "Before" },
  },
  Resources,
});

/** With a policy of its own, in which the parameter is. */
const MAY = {
  ...ROLE,
  Properties: {
    ...ROLE.Properties,
    RoleName: NAME,
    Policies: [
      {
        PolicyName: "own",
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*", Sid: { Ref: "Sid" } }],
        },
      },
    ],
  },
};
const WHOLE = { RULE, ALARM, DASHBOARD, MAY };
const KNOWING = ["--capabilities", "CAPABILITY_NAMED_IAM"];
const made: string[] = [];

async function make(name: string, resources: object, more: readonly string[] = []): Promise<void> {
  made.push(name);
  const body = ["--template-body", JSON.stringify(template(resources))];
  await aws("cloudformation", "create-stack", "--stack-name", name, ...body, ...more);
}

/** Waits until CloudFormation is done with it, whatever came of it. */
async function done(name: string): Promise<void> {
  await until(async () => {
    const { Stacks } = await aws("cloudformation", "describe-stacks", "--stack-name", name);
    return !/_IN_PROGRESS$/.test(Stacks[0].StackStatus);
  });
}

/** What LocalStack's CloudFormation says and does of any stack. Ours may rely on none of it. */
export function describeAnyStack(sentence: Sentence): void {
  describe("any stack", () => {
    beforeAll(async () => {
      await make(NAME, WHOLE, KNOWING);
      await done(NAME);
    }, 60_000);
    afterAll(async () => {
      for (const name of made) await aws("cloudformation", "delete-stack", "--stack-name", name);
    }, 60_000);

    sentence("a parameter that its pattern doesn't allow is refused", async () => {
      const wrong = ["--parameters", "ParameterKey=Every,ParameterValue=never"];
      await expect(make(`${NAME}-pattern`, { DASHBOARD }, wrong)).rejects.toThrow("ValidationError");
    });

    sentence("a stack with roles is refused to whom doesn't say that he knows", async () => {
      await expect(make(`${NAME}-role`, { ROLE })).rejects.toThrow("InsufficientCapabilities");
    });

    sentence("a type of resource that nobody knows is refused", async () => {
      const strange = { Type: "AWS::Nobody::Knows", Properties: {} };
      await expect(make(`${NAME}-strange`, { STRANGE: strange })).rejects.toThrow("ValidationError");
    });

    sentence("a dashboard that was made is there", async () => {
      const { DashboardEntries } = await aws("cloudwatch", "list-dashboards");
      expect(DashboardEntries).toContainEqual(expect.objectContaining({ DashboardName: NAME }));
    });

    describe("after an update", () => {
      beforeAll(async () => {
        const told = [
          { ParameterKey: "Every", ParameterValue: "rate(1 hour)" },
          { ParameterKey: "Sid", ParameterValue: "After" },
        ];
        const body = ["--template-body", JSON.stringify(template(WHOLE))];
        const parameters = ["--parameters", JSON.stringify(told), ...KNOWING];
        await aws("cloudformation", "update-stack", "--stack-name", NAME, ...body, ...parameters);
        await done(NAME);
      }, 60_000);

      sentence("a rule has the schedule of the stack's last update", async () => {
        const asked = ["--stack-name", NAME, "--logical-resource-id", "RULE"];
        const { StackResourceDetail } = await aws("cloudformation", "describe-stack-resource", ...asked);
        const rule = await aws("events", "describe-rule", "--name", StackResourceDetail.PhysicalResourceId);
        expect(rule.ScheduleExpression).toBe("rate(1 hour)");
      });

      sentence("a role may what the stack's last update says", async () => {
        const asked = ["--role-name", NAME, "--policy-name", "own"];
        const { PolicyDocument } = await aws("iam", "get-role-policy", ...asked);
        expect(PolicyDocument.Statement).toMatchObject([{ Sid: "After" }]);
      });

      sentence("an alarm is what the stack's last update says", async () => {
        const { MetricAlarms } = await aws("cloudwatch", "describe-alarms", "--alarm-names", NAME);
        expect(MetricAlarms).toMatchObject([{ AlarmDescription: "rate(1 hour)" }]);
      });
    });
  });
}
