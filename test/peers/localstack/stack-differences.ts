import type { Differences } from "../../contract/sentences.ts";

const TEMPLATE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference";
const CLOUDFORMATION = "https://docs.aws.amazon.com/AWSCloudFormation/latest";

/**
 * Where a stack on LocalStack 4.14 isn't what it would be at AWS, and the page by which the sentence is AWS's. docs/peers.md
 * shows this list to readers. What is in it is held to the template instead (by-template.ts, test/infra).
 */
export const LOCALSTACK_STACK: Differences = {
  "a parameter that its pattern doesn't allow is refused": {
    does: "it makes the stack",
    page: `${CLOUDFORMATION}/UserGuide/parameters-section-structure.html`,
  },
  "a stack with roles is refused to whom doesn't say that he knows": {
    does: "it makes them",
    page: `${CLOUDFORMATION}/APIReference/API_CreateStack.html`,
  },
  "a type of resource that nobody knows is refused": {
    does: "it says that it has made it",
    page: `${CLOUDFORMATION}/UserGuide/resources-section-structure.html`,
  },
  "a dashboard that was made is there": {
    does: "it says that it has made it, and there is none",
    page: `${TEMPLATE}/aws-resource-cloudwatch-dashboard.html`,
  },
  "a rule has the schedule of the stack's last update": {
    does: "it says that it is updated, and it has the old one",
    page: `${TEMPLATE}/aws-resource-events-rule.html`,
  },
  "a role may what the stack's last update says": {
    does: "it says that it is updated, and it may what it did",
    page: `${TEMPLATE}/aws-resource-iam-role.html`,
  },
  "functions have the tags of their stack": {
    does: "they have none",
    page: `${TEMPLATE}/aws-properties-resource-tags.html`,
  },
  "log groups keep their lines for so many days": {
    does: "they keep them for ever",
    page: `${TEMPLATE}/aws-resource-logs-loggroup.html`,
  },
  "only Lambda takes the role of a function": {
    does: "everybody may: no policy is enforced",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
  },
  "a queue that wants TLS refuses what comes without": {
    does: "it takes it: no policy is enforced",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
  },
  "a role that gets another policy stays the same role": {
    does: "it is another one, whose access entries are gone",
    page: `${TEMPLATE}/aws-resource-iam-role.html`,
  },
  "a managed policy says what the stack's last update says": {
    does: "it says that it is updated, and it has the old text",
    page: `${TEMPLATE}/aws-resource-iam-managedpolicy.html`,
  },
  "an alarm is what the stack's last update says": {
    does: "it says that it is updated, and it is the old one",
    page: `${TEMPLATE}/aws-resource-cloudwatch-alarm.html`,
  },
  "nobody but EC2 sends events of EC2": {
    does: "it takes them from everybody",
    page: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html",
  },
  "metrics in log lines become metrics": {
    does: "they stay log lines: no alarm on them goes off",
    page: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html",
  },
};
