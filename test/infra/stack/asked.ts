/** What the functions ask for, and what the role of each answers in a stack. */
import { type Call, decide, statementsOf } from "../iam/decide.ts";
import { properties, REQUIRED, type Stack } from "./stack.ts";

export const FUNCTIONS = ["collect", "reclaim", "clean"] as const;
type FunctionName = (typeof FUNCTIONS)[number];
export const ROLES = { collect: "CollectRole", reclaim: "ReclaimRole", clean: "CleanRole" } as const;

/** The stack with these parameters beside the required ones. */
export type MakeStack = (more?: Record<string, string>) => Stack;
export const IN_VPC = { SubnetIds: "subnet-1,subnet-2", SecurityGroupIds: "sg-1" };
export const RELEASE = { Mode: "release" };

export const INTERFACE = "arn:aws:ec2:eu-central-1:111122223333:network-interface/eni-0a";
export const TAG = "aws:ResourceTag/vpcip.dev/cluster-uid";
export const VPC = "ec2:Vpc";
/** The context of a call on an interface with our cluster's tag, in its VPC. */
export const OURS = {
  [TAG]: REQUIRED["ClusterUid"]!,
  [VPC]: `arn:aws:ec2:eu-central-1:111122223333:vpc/${REQUIRED["VpcId"]}`,
};

const functionARN = (name: FunctionName): string =>
  `arn:aws:lambda:eu-central-1:111122223333:function:eni-reclaimer-dev-${name}`;

/** What the function's code asks for, as opposed to what Lambda asks for with the function's role. */
export const byCode = (name: FunctionName, call: Call): Call => ({
  ...call,
  context: { ...call.context, "lambda:SourceFunctionArn": functionARN(name) },
});

/** The environment that Lambda gives to each of the functions. */
export function environmentsOf(made: Stack): readonly Readonly<Record<string, string>>[] {
  return ["CollectLambdaFunction", "ReclaimLambdaFunction", "CleanLambdaFunction"].map((name) => {
    const { Variables } = properties(made, name)["Environment"] as { Variables: Record<string, unknown> };
    const texts = Object.entries(Variables).map(([key, value]) => [key, String(value)] as const);
    const queue = { RECLAIMER_QUEUE_URL: "https://queue.test/q" };
    return { ...Object.fromEntries(texts), ...queue, AWS_REGION: "eu-central-1" };
  });
}

export const answer = (made: Stack, name: FunctionName, call: Call) =>
  decide(statementsOf(made, ROLES[name]), call);
