import { describe, expect, test } from "@jest/globals";
import type { Sentence } from "../../contract/sentences.ts";
import { aws, REGION } from "./aws.ts";
import { deployed, functionName, idOf, STACK, type Told } from "./stack.ts";

/** Every type that the tests below ask its own service about: LocalStack also says of unknown ones that they are made. */
const LOOKED_AT = [
  "AWS::CloudWatch::Alarm",
  "AWS::Events::Rule",
  "AWS::IAM::ManagedPolicy",
  "AWS::IAM::Role",
  "AWS::Lambda::EventSourceMapping",
  "AWS::Lambda::Function",
  "AWS::Lambda::Permission",
  "AWS::Logs::LogGroup",
  "AWS::S3::Bucket",
  "AWS::S3::BucketPolicy",
  "AWS::SNS::Topic",
  "AWS::SNS::TopicPolicy",
  "AWS::SQS::Queue",
  "AWS::SQS::QueuePolicy",
];

const ACCOUNT = "000000000000";
const lambdaArn = (name: Parameters<typeof functionName>[0]) =>
  `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${functionName(name)}`;
const queueArn = async (name: string) =>
  `arn:aws:sqs:${REGION}:${ACCOUNT}:${(await idOf(name)).split("/").at(-1)}`;

/** The attributes of a queue, by its name in the template. */
async function attributes(name: string) {
  const asked = ["--queue-url", await idOf(name), "--attribute-names", "All"];
  return (await aws("sqs", "get-queue-attributes", ...asked)).Attributes;
}

/** @param told what the stack was made with */
export function describeCreated(told: () => Told, sentence: Sentence): void {
  describe("a stack that was made", () => {
    test("is complete, and has no type that nobody here looks at", async () => {
      const resources = await deployed();
      expect(new Set(resources.map(({ ResourceStatus }) => ResourceStatus))).toEqual(
        new Set(["CREATE_COMPLETE"]),
      );
      expect([...new Set(resources.map(({ ResourceType }) => ResourceType))].sort()).toEqual(LOOKED_AT);
    });

    test("has a queue that hides a message for 720 s and gives it up after five failures", async () => {
      const queue = await attributes("SweepQueue");
      expect(queue).toMatchObject({
        VisibilityTimeout: "720",
        MessageRetentionPeriod: "86400",
        SqsManagedSseEnabled: "true",
      });
      expect(JSON.parse(queue.RedrivePolicy)).toEqual({
        deadLetterTargetArn: await queueArn("SweepDeadLetters"),
        maxReceiveCount: 5,
      });
      expect(await attributes("SweepDeadLetters")).toMatchObject({
        MessageRetentionPeriod: "1209600",
        SqsManagedSseEnabled: "true",
      });
      for (const name of ["SweepQueue", "SweepDeadLetters"])
        expect(JSON.parse((await attributes(name)).Policy).Statement).toMatchObject([
          { Effect: "Deny", Action: "sqs:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
        ]);
    });

    test("gives reclaim one message at a time, two at once, and takes back only what failed", async () => {
      const { EventSourceMappings } = await aws("lambda", "list-event-source-mappings");
      const uuid = await idOf("ReclaimEventSourceMappingSQSSweepQueue");
      expect(EventSourceMappings.find(({ UUID }: { UUID: string }) => UUID === uuid)).toMatchObject({
        EventSourceArn: await queueArn("SweepQueue"),
        FunctionArn: lambdaArn("reclaim"),
        BatchSize: 1,
        ScalingConfig: { MaximumConcurrency: 2 },
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        State: "Enabled",
      });
    });

    test.each([
      ["collect", "CollectRole", 600, 1024],
      ["reclaim", "ReclaimRole", 120, 512],
      ["clean", "CleanRole", 900, 512],
    ] as const)(
      "has the function %s with a role of its own, and what was told in its environment",
      async (name, role, timeout, memory) => {
        const { clusterName, vpcId, kubeconfigParameter } = told();
        const found = await aws(
          "lambda",
          "get-function-configuration",
          "--function-name",
          functionName(name),
        );
        expect(found).toMatchObject({
          Runtime: "nodejs24.x",
          Architectures: ["arm64"],
          Handler: `functions/${name}.handler`,
          Timeout: timeout,
          MemorySize: memory,
          Role: `arn:aws:iam::${ACCOUNT}:role/${await idOf(role)}`,
          State: "Active",
        });
        expect(found.Environment.Variables).toEqual({
          RECLAIMER_CLUSTER_NAME: clusterName,
          RECLAIMER_VPC_ID: vpcId,
          RECLAIMER_QUEUE_URL: await idOf("SweepQueue"),
          RECLAIMER_MIRROR_PARAMETER: `/eni-reclaimer/${clusterName}/mirror`,
          RECLAIMER_KUBECONFIG_PARAMETER: kubeconfigParameter,
          RECLAIMER_MODE: "observe",
          RECLAIMER_RELEASE_NODE_GROUPS: "*",
          RECLAIMER_MARK_AGE_SECONDS: "1800",
          RECLAIMER_BUDGET_SHARE: "0.2",
          RECLAIMER_MAXIMUM_CONCURRENCY: "2",
          RECLAIMER_SWEEP_TIMEOUT_SECONDS: "120",
          RECLAIMER_QUEUE_VISIBILITY_SECONDS: "720",
          RECLAIMER_LOG_LEVEL: "INFO",
        });
      },
    );

    test.each([
      ["CollectEventsRuleSchedule1", { ScheduleExpression: "cron(17 3 * * ? *)" }, { kind: "leaks" }],
      ["CollectEventsRuleSchedule2", { ScheduleExpression: "rate(5 minutes)" }, { kind: "due" }],
      ["terminated", {}, undefined],
    ])("has the rule %s, which calls collect and may", async (name, schedule, input) => {
      const id = name === "terminated" ? `${functionName("collect")}-rule-3` : await idOf(name);
      const rule = await aws("events", "describe-rule", "--name", id);
      expect(rule).toMatchObject({ State: "ENABLED", ...schedule });
      if (input === undefined)
        expect(JSON.parse(rule.EventPattern)).toEqual({
          source: ["aws.ec2"],
          "detail-type": ["EC2 Instance State-change Notification"],
          detail: { state: ["terminated"] },
        });
      const { Targets } = await aws("events", "list-targets-by-rule", "--rule", id);
      expect(Targets).toHaveLength(1);
      expect(Targets[0].Arn).toBe(lambdaArn("collect"));
      expect(Targets[0].Input).toEqual(input === undefined ? undefined : JSON.stringify(input));
      const { Policy } = await aws("lambda", "get-policy", "--function-name", functionName("collect"));
      expect(JSON.parse(Policy).Statement).toContainEqual(
        expect.objectContaining({
          Principal: { Service: "events.amazonaws.com" },
          Condition: { ArnLike: { "AWS:SourceArn": rule.Arn } },
        }),
      );
    });

    test("has log groups, and a bucket for the artefacts that is reached by TLS alone", async () => {
      const logs = ["--log-group-name-prefix", `/aws/lambda/${STACK}-`];
      const { logGroups } = await aws("logs", "describe-log-groups", ...logs);
      expect(logGroups.map(({ logGroupName }: { logGroupName: string }) => logGroupName)).toEqual(
        ["clean", "collect", "reclaim"].map((name) => `/aws/lambda/${STACK}-${name}`),
      );
      const bucket = ["--bucket", await idOf("ServerlessDeploymentBucket")];
      const { Policy } = await aws("s3api", "get-bucket-policy", ...bucket);
      expect(JSON.parse(Policy).Statement).toMatchObject([
        { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": false } } },
      ]);
      const { ServerSideEncryptionConfiguration } = await aws("s3api", "get-bucket-encryption", ...bucket);
      expect(ServerSideEncryptionConfiguration.Rules).toHaveLength(1);
    });

    sentence("functions have the tags of their stack", async () => {
      const { Tags } = await aws("lambda", "get-function", "--function-name", functionName("collect"));
      expect(Tags).toMatchObject({ "vpcip.dev/component": "eni-reclaimer" });
    });

    sentence("log groups keep their lines for so many days", async () => {
      const asked = ["--log-group-name-prefix", `/aws/lambda/${STACK}-`];
      const { logGroups } = await aws("logs", "describe-log-groups", ...asked);
      for (const { retentionInDays } of logGroups) expect(retentionInDays).toBe(90);
    });

    sentence("only Lambda takes the role of a function", async () => {
      const role = `arn:aws:iam::${ACCOUNT}:role/${await idOf("CleanRole")}`;
      const asked = ["--role-arn", role, "--role-session-name", "anybody"];
      await expect(aws("sts", "assume-role", ...asked)).rejects.toThrow("AccessDenied");
    });

    sentence("a queue that wants TLS refuses what comes without", async () => {
      const asked = ["--queue-url", await idOf("SweepDeadLetters")];
      await expect(aws("sqs", "receive-message", ...asked)).rejects.toThrow("AccessDenied");
    });
  });
}
