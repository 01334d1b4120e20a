/**
 * What AWS says of the actions that the functions ask for (Service Authorization Reference, of each service, table
 * "Actions": resource types and their condition keys). A condition on a key that an action doesn't carry never holds,
 * and a resource that it doesn't know never matches. `npm run lint:infra` holds the policies to another copy of those tables.
 */
export interface Known {
  /** Type of the resource in ARNs; undefined: the action knows none, and only `*` matches. */
  readonly resource: string | undefined;
  readonly keys: readonly string[];
}

const ON_INTERFACES: Known = {
  resource: ":network-interface/",
  keys: ["aws:ResourceTag/", "ec2:ResourceTag/", "ec2:Vpc", "ec2:Subnet", "ec2:AvailabilityZone"],
};
const LISTS: Known = { resource: undefined, keys: ["ec2:Region"] };

export const REFERENCE: Readonly<Record<string, Known>> = {
  "ec2:UnassignPrivateIpAddresses": ON_INTERFACES,
  "ec2:DeleteNetworkInterface": ON_INTERFACES,
  "ec2:DescribeNetworkInterfaces": LISTS,
  "ec2:DescribeInstances": LISTS,
  "eks:DescribeCluster": { resource: ":cluster/", keys: ["aws:ResourceTag/"] },
  "sns:Publish": { resource: ":sns:", keys: ["aws:ResourceTag/"] },
  // The queue of the stack stands for its ARN here.
  "sqs:SendMessage": { resource: "SweepQueue.Arn", keys: ["aws:ResourceTag/"] },
  "ssm:GetParameter": { resource: ":parameter/", keys: ["aws:ResourceTag/"] },
  "ssm:PutParameter": { resource: ":parameter/", keys: ["aws:ResourceTag/", "ssm:Overwrite"] },
};
