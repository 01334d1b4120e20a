/** What the roles allow and no function's code asks for: who does, and why the role must allow it. */
export interface OtherUse {
  readonly action: string;
  readonly why: string;
}

/** Lambda's own calls with a function's role (Lambda guide, the page that is named). */
const BY_LAMBDA: readonly OtherUse[] = [
  ...["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({
    action,
    why: 'Lambda writes the function\'s lines ("Sending Lambda function logs to CloudWatch Logs")',
  })),
  ...["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"].map((action) => ({
    action,
    why: 'the event source mapping reads the queue ("Creating and configuring an Amazon SQS event source mapping")',
  })),
  ...[
    "ec2:CreateNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:AssignPrivateIpAddresses",
    // collect's code is denied these two, in mode observe everybody's is.
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
  ].map((action) => ({
    action,
    why: 'Lambda attaches the function to a VPC ("Giving Lambda functions access to resources in an Amazon VPC")',
  })),
];

/** Calls that a service makes to KMS in the name of who called it; the wire of the functions doesn't show them. */
const BY_SERVICES: readonly OtherUse[] = ["kms:Decrypt", "kms:GenerateDataKey"].map((action) => ({
  action,
  why: "SQS, SNS, SSM and Lambda use the key for the role that calls them (each service's page on KMS)",
}));

export const OTHERS_USE = [...BY_LAMBDA, ...BY_SERVICES];
