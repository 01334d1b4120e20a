import { beforeAll, describe, expect, test } from "@jest/globals";
import { readConfig } from "../../functions/config.ts";
import type { Alarm, Metric } from "../../src/ports/notices.ts";
import { type Call, decide, statementsOf } from "./iam/decide.ts";
import { ofType, properties, REQUIRED, type Stack, stackOf } from "./stack/stack.ts";
import { type Packaged, packaged } from "./stack/template.ts";

const FUNCTIONS = ["collect", "reclaim", "clean"] as const;
type FunctionName = (typeof FUNCTIONS)[number];
const ROLES = { collect: "CollectRole", reclaim: "ReclaimRole", clean: "CleanRole" } as const;
const IN_VPC = { SubnetIds: "subnet-1,subnet-2", SecurityGroupIds: "sg-1" };
const RELEASE = { Mode: "release" };

let made: Packaged;
beforeAll(async () => {
  made = await packaged();
}, 120_000);
const stack = (more: Record<string, string> = {}): Stack => stackOf(made.template, { ...REQUIRED, ...more });

const INTERFACE = "arn:aws:ec2:eu-central-1:111122223333:network-interface/eni-0a";
const TAG = "aws:ResourceTag/vpcip.dev/cluster-uid";
const functionARN = (name: FunctionName): string =>
  `arn:aws:lambda:eu-central-1:111122223333:function:eni-reclaimer-dev-${name}`;

/** What the function's code asks for, as opposed to what Lambda asks for with the function's role. */
const byCode = (name: FunctionName, call: Call): Call => ({
  ...call,
  context: { ...call.context, "lambda:SourceFunctionArn": functionARN(name) },
});
const answer = (made: Stack, name: FunctionName, call: Call) => decide(statementsOf(made, ROLES[name]), call);

describe("packaging", () => {
  test("makes one artefact for each function", () => {
    expect(made.files).toEqual(expect.arrayContaining(["collect.zip", "reclaim.zip", "clean.zip"]));
  });

  test("asks for the cluster, its UID and its VPC, and takes nothing that isn't one", () => {
    for (const name of Object.keys(REQUIRED)) {
      const { Default, AllowedPattern } = made.template.Parameters[name]!;
      expect(Default).toBeUndefined();
      expect(REQUIRED[name]).toMatch(new RegExp(`^(?:${AllowedPattern})$`));
      expect("").not.toMatch(new RegExp(`^(?:${AllowedPattern})$`));
    }
  });
});

describe("a release", () => {
  const releases = ["ec2:UnassignPrivateIpAddresses", "ec2:DeleteNetworkInterface"];
  const ours = { [TAG]: REQUIRED["ClusterUid"]! };

  describe.each(releases)("%s", (action) => {
    test.each(["reclaim", "clean"] as const)(
      "%s may on an interface of its own cluster in mode release",
      (name) => {
        const call = byCode(name, { action, resource: INTERFACE, context: ours });
        expect(answer(stack(RELEASE), name, call)).toBe("allowed");
        expect(answer(stack({ ...RELEASE, ...IN_VPC }), name, call)).toBe("allowed");
      },
    );

    test.each([
      ["another cluster's", { [TAG]: "99999999-2222-3333-4444-555555555555" }],
      ["an untagged", {}],
    ])("nobody may on %s interface, in a VPC or not", (_, context) => {
      for (const name of FUNCTIONS)
        for (const network of [{}, IN_VPC])
          expect(
            answer(
              stack({ ...RELEASE, ...network }),
              name,
              byCode(name, { action, resource: INTERFACE, context }),
            ),
          ).toBe("denied");
    });

    test("no role may on another cluster's interface even where it isn't a function's code that asks", () => {
      for (const name of FUNCTIONS)
        for (const context of [{}, { [TAG]: "99999999-2222-3333-4444-555555555555" }])
          expect(answer(stack(RELEASE), name, { action, resource: INTERFACE, context })).toBe("denied");
    });

    test("nobody may in mode observe, which is the default", () => {
      for (const name of FUNCTIONS)
        for (const network of [{}, IN_VPC])
          expect(
            answer(stack(network), name, byCode(name, { action, resource: INTERFACE, context: ours })),
          ).toBe("denied");
    });

    test("collect never may", () => {
      const call = byCode("collect", { action, resource: INTERFACE, context: ours });
      for (const network of [{}, IN_VPC])
        expect(answer(stack({ ...RELEASE, ...network }), "collect", call)).toBe("denied");
    });
  });
});

describe("other permissions", () => {
  test("there is no policy for a VPC where there is no VPC", () => {
    expect(stack().resources.has("VpcAttachmentPolicy")).toBe(false);
    expect(stack(IN_VPC).resources.has("VpcAttachmentPolicy")).toBe(true);
  });

  test.each([
    "ec2:CreateNetworkInterface",
    "ec2:AttachNetworkInterface",
    "ec2:DetachNetworkInterface",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateTags",
    "ec2:DeleteTags",
  ])("no function's code may %s, though its role attaches it to a VPC", (action) => {
    for (const name of FUNCTIONS) {
      const call = byCode(name, { action, resource: INTERFACE, context: { [TAG]: REQUIRED["ClusterUid"]! } });
      expect(answer(stack({ ...RELEASE, ...IN_VPC }), name, call)).toBe("denied");
    }
  });

  test.each([
    "ec2:CreateNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ])("Lambda itself may %s with each role where there is a VPC, and not where there is none", (action) => {
    for (const name of FUNCTIONS) {
      expect(answer(stack(IN_VPC), name, { action, resource: INTERFACE })).toBe("allowed");
      expect(answer(stack(), name, { action, resource: INTERFACE })).toBe("denied");
    }
  });

  test("every function reads EC2 and its mirror parameter and sends to the queue; collect alone writes the mirror", () => {
    const parameter = "arn:aws:ssm:eu-central-1:111122223333:parameter/eni-reclaimer/blue/mirror";
    for (const name of FUNCTIONS) {
      const may = (action: string, resource: string) =>
        answer(stack(), name, byCode(name, { action, resource }));
      expect(may("ec2:DescribeNetworkInterfaces", "*")).toBe("allowed");
      expect(may("ec2:DescribeInstances", "*")).toBe("allowed");
      expect(may("sqs:SendMessage", "SweepQueue.Arn")).toBe("allowed");
      expect(may("sqs:SendMessage", "SweepDeadLetters.Arn")).toBe("denied");
      expect(may("ssm:GetParameter", parameter)).toBe("allowed");
      expect(may("ssm:PutParameter", parameter)).toBe(name === "collect" ? "allowed" : "denied");
      expect(may("ssm:GetParameter", parameter.replace("blue", "green"))).toBe("denied");
      expect(may("ssm:DeleteParameter", parameter)).toBe("denied");
    }
  });

  test("only reclaim receives from the queue", () => {
    const receives = FUNCTIONS.filter(
      (name) =>
        answer(stack(), name, { action: "sqs:ReceiveMessage", resource: "SweepQueue.Arn" }) === "allowed",
    );
    expect(receives).toEqual(["reclaim"]);
  });

  test("each function writes its own log and no other's", () => {
    for (const name of FUNCTIONS)
      for (const other of FUNCTIONS)
        expect(
          answer(stack(), name, {
            action: "logs:PutLogEvents",
            resource: `arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/eni-reclaimer-dev-${other}:log-stream:x`,
          }),
        ).toBe(name === other ? "allowed" : "denied");
  });

  test("each function has a role of its own, within the boundary where there is one", () => {
    const bounded = stack({ PermissionsBoundaryArn: "arn:aws:iam::111122223333:policy/boundary" });
    for (const name of FUNCTIONS) {
      const title = `${name[0]!.toUpperCase()}${name.slice(1)}`;
      expect(properties(stack(), `${title}LambdaFunction`)["Role"]).toBe(`${title}Role.Arn`);
      expect(properties(bounded, `${title}Role`)["PermissionsBoundary"]).toMatch(/boundary$/);
      expect(properties(stack(), `${title}Role`)).not.toHaveProperty("PermissionsBoundary");
    }
    expect([...ofType(stack(), "AWS::IAM::Role").keys()]).toHaveLength(FUNCTIONS.length);
  });
});

describe("the functions", () => {
  test("start with the environment that the stack gives them", () => {
    for (const name of ["CollectLambdaFunction", "ReclaimLambdaFunction", "CleanLambdaFunction"]) {
      const { Variables } = properties(stack(), name)["Environment"] as {
        Variables: Record<string, unknown>;
      };
      const environment = Object.fromEntries(
        Object.entries(Variables).map(([key, value]) => [
          key,
          key === "RECLAIMER_QUEUE_URL" ? "https://queue.test/q" : String(value),
        ]),
      );
      expect(readConfig({ ...environment, AWS_REGION: "eu-central-1" }).settings.mode).toBe("observe");
    }
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

describe("the alarms", () => {
  const alarms = () => ofType(stack(), "AWS::CloudWatch::Alarm");

  test("all tell the topic", () => {
    for (const [, { Properties }] of alarms()) expect(Properties["AlarmActions"]).toEqual(["ref:AlarmTopic"]);
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
