/**
 * Errors as EC2 answers them: a code, a message, an HTTP status.
 *
 * Codes: EC2 API Reference, "Error codes for the Amazon EC2 API". Client errors carry a 4xx status, server errors
 * and RequestLimitExceeded a 503. Messages follow recorded answers where a source is named beside the place that
 * raises them; nothing may be decided by their text.
 */
export class Ec2Error extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/** What kinds of resource an ID can name: the words of EC2's error codes and messages. */
const KINDS = {
  interface: { code: "InvalidNetworkInterfaceID", word: "networkInterface", prefix: "eni-" },
  instance: { code: "InvalidInstanceID", word: "instance", prefix: "i-" },
  subnet: { code: "InvalidSubnetID", word: "subnet", prefix: "subnet-" },
  attachment: { code: "InvalidAttachmentID", word: "attachment", prefix: "eni-attach-" },
} as const;

export type ResourceKind = keyof typeof KINDS;

/**
 * `InvalidNetworkInterfaceID.NotFound` and its like. The message for one interface is recorded in
 * aws/amazon-vpc-cni-k8s `pkg/awsutils/awsutils_test.go` (it reads the ID out of it); the plural is DescribeInstances'.
 */
export function notFound(kind: ResourceKind, ids: readonly string[]): Ec2Error {
  const { code, word } = KINDS[kind];
  const message =
    ids.length === 1
      ? `The ${word} ID '${ids[0]}' does not exist`
      : `The ${word} IDs '${ids.join(", ")}' do not exist`;
  return new Ec2Error(`${code}.NotFound`, message);
}

/** Refuses an ID that can't name such a resource (boto/botocore `tests/unit/response_parsing/xml/errors/ec2-describe-instances.xml`). */
export function requireWellFormed(kind: ResourceKind, ids: readonly string[]): void {
  const { code, prefix } = KINDS[kind];
  for (const id of ids) {
    if (!id.startsWith(prefix) || !/^[0-9A-Za-z-]+$/.test(id)) {
      throw new Ec2Error(`${code}.Malformed`, `Invalid id: "${id}"`);
    }
  }
}

export function invalidValue(message: string): Ec2Error {
  return new Ec2Error("InvalidParameterValue", message);
}

export function invalidCombination(message: string): Ec2Error {
  return new Ec2Error("InvalidParameterCombination", message);
}

/** The message's form is recorded in many SDK reports, e.g. "The request must contain the parameter groupName or groupId". */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined || value === "") {
    throw new Ec2Error("MissingParameter", `The request must contain the parameter ${name}`);
  }
  return value;
}
