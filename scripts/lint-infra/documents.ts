import { ofType, type Parameters, REQUIRED, stackOf } from "../../test/infra/stack/stack.ts";
import type { Template } from "../../test/infra/stack/template.ts";

export type Documents = Readonly<Record<string, object>>;

/** All that parameters can add, and its opposite. A statement is in one of these stacks, or in none that can be made. */
const STACKS: Readonly<Record<string, Parameters>> = {
  "as it is by default": {},
  "with everything": {
    Mode: "release",
    SubnetIds: "subnet-1,subnet-2",
    SecurityGroupIds: "sg-1",
    KmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555",
    KubeconfigParameter: "/eni-reclaimer/blue/kubeconfig",
    KubeconfigKmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/99999999-2222-3333-4444-555555555555",
    AlarmEmail: "people@example.test",
  },
  "with a topic of one's own": { AlarmTopicArn: "arn:aws:sns:eu-central-1:111122223333:people" },
};

/** What CloudFormation would say of resources that it makes. */
const MADE: Readonly<Record<string, string>> = {
  "SweepQueue.Arn": "arn:aws:sqs:eu-central-1:111122223333:sweeps",
  "ref:AlarmTopic": "arn:aws:sns:eu-central-1:111122223333:alarms",
};

/** Every policy that the template makes, by a name for people; the same one in several stacks is told once. */
export function policiesOf(template: Template): Documents {
  const seen = new Set<string>();
  const documents: Record<string, object> = {};
  for (const [stack, parameters] of Object.entries(STACKS)) {
    for (const [name, document] of policiesIn(template, { ...REQUIRED, ...parameters })) {
      const text = JSON.stringify(document);
      if (seen.has(name + text)) continue;
      seen.add(name + text);
      documents[`${name} (${stack})`] = JSON.parse(withMade(name, text)) as object;
    }
  }
  return documents;
}

function* policiesIn(template: Template, parameters: Parameters): Generator<readonly [string, unknown]> {
  const stack = stackOf(template, parameters);
  for (const [name, { Properties }] of ofType(stack, "AWS::IAM::Role")) {
    const { Policies = [] } = Properties as {
      readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: object }[];
    };
    for (const { PolicyName, PolicyDocument } of Policies) yield [`${name}/${PolicyName}`, PolicyDocument];
    // Who may assume it is cfn-lint's: parliament takes a document without resources for a broken one.
  }
  for (const type of ["AWS::IAM::ManagedPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"])
    for (const [name, { Properties }] of ofType(stack, type)) yield [name, Properties["PolicyDocument"]];
}

function withMade(name: string, text: string): string {
  const whole = Object.entries(MADE).reduce(
    (left, [made, arn]) => left.replaceAll(JSON.stringify(made), JSON.stringify(arn)),
    text,
  );
  const unknown = /"(?:ref:\w+|\w+\.Arn)"/.exec(whole);
  if (unknown !== null) throw new Error(`${name} names ${unknown[0]}: what is its ARN?`);
  return whole;
}
