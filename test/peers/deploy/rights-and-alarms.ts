import { describe, expect, test } from "@jest/globals";
import { aws, REGION } from "./aws.ts";
import { deployed, functionName, idOf, STACK, type Told } from "./stack.ts";

const ACCOUNT = "000000000000";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
interface Role {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: { readonly Statement: readonly unknown[] };
  readonly RolePolicyList: readonly {
    readonly PolicyName: string;
    readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  }[];
  readonly AttachedManagedPolicies: readonly { readonly PolicyArn: string }[];
}

/** The stack's role of that name in the template, with all that it may. */
export async function roleOf(name: string): Promise<Role> {
  const { RoleDetailList } = await aws("iam", "get-account-authorization-details", "--filter", "Role");
  const id = await idOf(name);
  return (RoleDetailList as readonly Role[]).find(({ RoleName }) => RoleName === id)!;
}

/** The statements of a managed policy in its default version. */
export async function statementsOf(name: string): Promise<readonly Statement[]> {
  const arn = ["--policy-arn", await idOf(name)];
  const { Policy } = await aws("iam", "get-policy", ...arn);
  const version = ["--version-id", Policy.DefaultVersionId];
  const { PolicyVersion } = await aws("iam", "get-policy-version", ...arn, ...version);
  return PolicyVersion.Document.Statement;
}

export interface Alarm {
  readonly AlarmName: string;
  readonly AlarmActions: readonly string[];
  readonly OKActions: readonly string[];
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly StateValue: string;
}

export async function alarms(): Promise<readonly Alarm[]> {
  return (await aws("cloudwatch", "describe-alarms", "--alarm-name-prefix", STACK)).MetricAlarms;
}

export const dimensionsOf = async (name: string): Promise<Alarm["Dimensions"] | undefined> => {
  const id = await idOf(name);
  return (await alarms()).find(({ AlarmName }) => AlarmName === id)?.Dimensions;
};

/** What the stack may, and whom it tells. What the policies mean is test/infra's matter: here is that they arrive, resolved. */
export function describeRightsAndAlarms(told: () => Told): void {
  describe("in mode observe", () => {
    test.each([
      ["CollectRole", "collect", ["release-nothing", "write-own-log", "write-the-mirror"]],
      ["ReclaimRole", "reclaim", ["receive-from-the-queue", "release-nothing", "write-own-log"]],
      ["CleanRole", "clean", ["release-nothing", "write-own-log"]],
    ] as const)("the role %s is Lambda's alone, and releases nothing", async (name, of, policies) => {
      const role = await roleOf(name);
      expect(role.AssumeRolePolicyDocument.Statement).toEqual([
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]);
      expect(role.RolePolicyList.map(({ PolicyName }) => PolicyName).sort()).toEqual(policies);
      const nothing = role.RolePolicyList.find(({ PolicyName }) => PolicyName === "release-nothing");
      expect(nothing?.PolicyDocument.Statement).toMatchObject([
        {
          Effect: "Deny",
          Resource: "*",
          Condition: {
            ArnEquals: {
              "lambda:SourceFunctionArn": `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${functionName(of)}`,
            },
          },
        },
      ]);
      expect(role.AttachedManagedPolicies.map(({ PolicyArn }) => PolicyArn).sort()).toEqual(
        [await idOf("ReadPolicy"), await idOf("CodeMakesNothingPolicy")].sort(),
      );
    });

    test("all may read: this cluster's parameters, and no EKS where a kubeconfig leads there", async () => {
      const { clusterName, kubeconfigParameter } = told();
      const parameter = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter`;
      const statements = await statementsOf("ReadPolicy");
      const resources = Object.fromEntries(statements.map(({ Sid, Resource }) => [Sid, Resource]));
      expect(resources).toEqual({
        ReadInterfacesAndInstances: "*",
        QueueNodes: expect.stringContaining(`:${STACK}-SweepQueue-`),
        ReadTheMirror: ["", ":*"].map((end) => `${parameter}/eni-reclaimer/${clusterName}/mirror${end}`),
        ReadTheKubeconfig: `${parameter}${kubeconfigParameter}`,
      });
    });
  });

  describe("alarms", () => {
    test("all tell the topic, when they go off and when all is well again", async () => {
      const topic = await idOf("AlarmTopic");
      const names = (await deployed()).filter(
        ({ ResourceType }) => ResourceType === "AWS::CloudWatch::Alarm",
      );
      const found = await alarms();
      expect(found.map(({ AlarmName }) => AlarmName).sort()).toEqual(
        names.map(({ PhysicalResourceId }) => PhysicalResourceId).sort(),
      );
      expect(found.length).toBeGreaterThanOrEqual(15);
      for (const { AlarmActions, OKActions } of found)
        expect([AlarmActions, OKActions]).toEqual([[topic], [topic]]);
      const { Attributes } = await aws("sns", "get-topic-attributes", "--topic-arn", topic);
      expect(JSON.parse(Attributes.Policy).Statement).toMatchObject([
        {
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: topic,
          Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
        },
      ]);
    });

    test("watch this stack's queues and functions, and this cluster's metrics", async () => {
      const one = (Name: string, Value = "") => [{ Name, Value }];
      const queueName = async (name: string) => (await idOf(name)).split("/").at(-1);
      expect(await dimensionsOf("DeadLettersAlarm")).toEqual(
        one("QueueName", await queueName("SweepDeadLetters")),
      );
      expect(await dimensionsOf("QueueStandsAlarm")).toEqual(one("QueueName", await queueName("SweepQueue")));
      expect(await dimensionsOf("CollectErrorsAlarm")).toEqual(one("FunctionName", functionName("collect")));
      expect(await dimensionsOf("FrozenAlarm")).toEqual(one("cluster", told()["clusterName"]));
    });
  });
}
