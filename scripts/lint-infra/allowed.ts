/** What a linter finds and is right nevertheless, each with its reason. One that finds nothing any more fails the run. */
export interface Allowed {
  readonly issue: string;
  /** Statement IDs, or parts of what the linter says. */
  readonly where: readonly string[];
  readonly why: string;
}

export const ALLOWED: readonly Allowed[] = [
  {
    issue: "UNKNOWN_CONDITION_FOR_ACTION",
    where: ["Unknown condition lambda:SourceFunctionArn for action ec2:"],
    why: 'Lambda puts it into the context of every call that is made with a function\'s credentials, whatever the action (Lambda guide, "Using source function ARN to control function access behavior"); parliament knows what each action brings itself.',
  },
  {
    issue: "RESOURCE_STAR",
    where: ["VpcAttachmentPolicy (with everything), LambdaAttaches"],
    why: 'Lambda makes and deletes interfaces whose IDs nobody knows before (Lambda guide, "Giving Lambda functions access to resources in an Amazon VPC": all resources); the functions\' code is denied them, test/infra/iam.test.ts.',
  },
  {
    issue: "W3005",
    where: ["CollectLambdaFunction", "ReclaimLambdaFunction", "CleanLambdaFunction"].map(
      (name) => `Resources/${name}/DependsOn`,
    ),
    why: "The framework writes each function's DependsOn; to say twice that the role comes first does no harm.",
  },
];
