/** What IAM is asked about a request on the wire. */
import type { Ec2 } from "../../../src/sandbox/ec2/index.ts";
import { sessionOf } from "../../../src/sandbox/engine/world.ts";
import { FUNCTIONS, TAG, VPC } from "../stack/asked.ts";
import type { Call } from "./decide.ts";

export type FunctionName = (typeof FUNCTIONS)[number];

export interface RecordedCall extends Call {
  readonly by: FunctionName;
}

export const REGION = "eu-west-1";
export const ACCOUNT = "123456789012";
export const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:people`;
/** The stack's queue, as its ARN stands in a stack that is made here. */
export const QUEUE = "SweepQueue.Arn";

/** A request over HTTP, as far as it is looked at. */
export interface WireRequest {
  readonly service: "ec2" | "eks" | "sns" | "sqs" | "ssm";
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly path: string;
  readonly body: string;
}

/** What the wire doesn't tell: the world behind it. */
export interface Behind {
  readonly queueURL: string;
  readonly ec2: Pick<Ec2, "placeOf">;
}

/** Actions whose name is not that of their API operation (Service Authorization Reference, of each service). */
const ACTION: Readonly<Record<string, string>> = {
  "sqs:SendMessageBatch": "sqs:SendMessage",
  "sns:PublishBatch": "sns:Publish",
};

export function callOf(request: WireRequest, behind: Behind): RecordedCall {
  const operation = operationOf(request);
  const name = `${request.service}:${operation}`;
  return {
    by: whoSent(request),
    action: ACTION[name] ?? name,
    ...resourceOf(request, operation, behind),
  };
}

function whoSent({ headers }: WireRequest): FunctionName {
  const sender = FUNCTIONS.find((name) => headers["x-amz-security-token"] === sessionOf(name));
  if (sender === undefined) throw new Error("a request to AWS of nobody's session");
  return sender;
}

function operationOf({ service, headers, path, body }: WireRequest): string {
  switch (service) {
    case "ec2":
    case "sns":
      return new URLSearchParams(body).get("Action") ?? "none";
    case "sqs":
    case "ssm":
      return String(headers["x-amz-target"]).split(".")[1] ?? "none";
    case "eks":
      return /^\/clusters\/[^/]+$/.test(path) ? "DescribeCluster" : path;
  }
}

function resourceOf(
  { service, path, body }: WireRequest,
  operation: string,
  { queueURL, ec2 }: Behind,
): Pick<Call, "resource" | "context"> {
  const arn = (rest: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
  switch (service) {
    case "ec2": {
      const interfaceID = new URLSearchParams(body).get("NetworkInterfaceId");
      // Describe actions know no resources.
      if (operation.startsWith("Describe") || interfaceID === null) return { resource: "*" };
      return interfaceCall(interfaceID, ec2);
    }
    case "sns":
      return { resource: new URLSearchParams(body).get("TopicArn") ?? "none" };
    case "sqs": {
      const { QueueUrl: url } = JSON.parse(body) as { readonly QueueUrl: string };
      return { resource: url === queueURL ? QUEUE : arn(url.split("/").at(-1) ?? "") };
    }
    case "ssm":
      return { resource: arn(`parameter${(JSON.parse(body) as { readonly Name: string }).Name}`) };
    case "eks":
      return { resource: arn(path.replace(/^\/clusters/, "cluster")) };
  }
}

/** The interface as it is now, with the keys that EC2 puts into the context. */
export function interfaceCall(
  interfaceID: string,
  ec2: Pick<Ec2, "placeOf">,
): { readonly resource: string; readonly context: Readonly<Record<string, string>> } {
  const place = ec2.placeOf(interfaceID);
  const uid = place?.tags.get("vpcip.dev/cluster-uid");
  return {
    resource: `arn:aws:ec2:${REGION}:${ACCOUNT}:network-interface/${interfaceID}`,
    context: {
      ...(uid === undefined ? {} : { [TAG]: uid }),
      ...(place === undefined ? {} : { [VPC]: `arn:aws:ec2:${REGION}:${ACCOUNT}:vpc/${place.vpcID}` }),
    },
  };
}
