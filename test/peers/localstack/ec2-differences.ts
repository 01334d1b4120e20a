import type { Differences } from "../../contract/sentences.ts";

const REFERENCE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference";
const GUIDE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide";

/**
 * Where LocalStack 4.14's EC2 (it is moto's) isn't EC2's, and the page by which the sentence is AWS's. docs/peers.md shows
 * this list to readers.
 */
export const LOCALSTACK_EC2: Differences = {
  "the same client token makes one interface": {
    does: "it makes another one",
    page: "https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html",
  },
  "an interface whose primary address is taken is not made": {
    does: "it makes it: two interfaces have one address",
    page: `${REFERENCE}/API_CreateNetworkInterface.html`,
  },
  "a call that releases and is done says so with a return value": {
    does: "its answers have a request ID and nothing else",
    page: `${REFERENCE}/API_UnassignPrivateIpAddresses.html`,
  },
  "an attached interface is not deleted": {
    does: "it deletes it",
    page: `${REFERENCE}/API_DeleteNetworkInterface.html`,
  },
  "an attachment made later outlives its instance unless it is told otherwise": {
    does: "it answers to ModifyNetworkInterfaceAttribute and changes no DeleteOnTermination",
    page: `${REFERENCE}/API_ModifyNetworkInterfaceAttribute.html`,
  },
  "a device index is taken once": {
    does: "it attaches both",
    page: `${REFERENCE}/API_AttachNetworkInterface.html`,
  },
  "an instance has no more interfaces than its type allows": {
    does: "it attaches any number",
    page: `${GUIDE}/AvailableIpPerENI.html`,
  },
  "a request that was signed 16 minutes ago is refused, and has no effect": {
    does: "it takes requests of any age, and any signature",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html",
  },
  "the answer names the addresses that were picked": {
    does: "it names those that were there before, too",
    page: `${REFERENCE}/API_AssignPrivateIpAddresses.html`,
  },
  "an address that another interface has is refused, and stays there": {
    does: "it gives it to both",
    page: `${REFERENCE}/API_AssignPrivateIpAddresses.html`,
  },
  "AllowReassignment takes an address from the interface that had it": {
    does: "both have it",
    page: `${REFERENCE}/API_AssignPrivateIpAddresses.html`,
  },
  "an address of another subnet is refused": {
    does: "it assigns it",
    page: `${REFERENCE}/API_AssignPrivateIpAddresses.html`,
  },
  "the addresses that AWS keeps in each subnet are refused": {
    does: "it assigns them",
    page: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
  },
  "an unassign that names one address too many is refused whole": {
    does: "it unassigns the others",
    page: `${REFERENCE}/API_UnassignPrivateIpAddresses.html`,
  },
  "a primary address can't be unassigned": {
    does: "it answers that it is done",
    page: `${REFERENCE}/API_UnassignPrivateIpAddresses.html`,
  },
  "addresses together with a count of them are refused": {
    does: "it takes them",
    page: `${REFERENCE}/API_AssignPrivateIpAddresses.html`,
  },
  "an interface of an instance has no more addresses than its type allows": {
    does: "it assigns any number",
    page: `${GUIDE}/AvailableIpPerENI.html`,
  },
  "a subnet that runs dry gives nothing, rather than a part": {
    does: "no subnet runs dry",
    page: `${REFERENCE}/API_AssignPrivateIpAddresses.html`,
  },
  "a prefix is assigned and seen on its interface, its members are no addresses of it": {
    does: "it ignores prefixes",
    page: `${GUIDE}/ec2-prefix-eni.html`,
  },
  "a prefix is unassigned whole": { does: "it ignores prefixes", page: `${GUIDE}/ec2-prefix-eni.html` },
  "a member of another interface's prefix is refused": {
    does: "it ignores prefixes",
    page: `${GUIDE}/ec2-prefix-eni.html`,
  },
  "filters find by the addresses.private-ip-address of a secondary one": {
    does: "it looks at primary addresses only",
    page: `${REFERENCE}/API_DescribeNetworkInterfaces.html`,
  },
  "an unknown filter is refused": {
    does: "it answers InternalFailure",
    page: `${REFERENCE}/API_DescribeNetworkInterfaces.html`,
  },
  "an ID of another form is malformed": {
    does: "it is not found",
    page: `${REFERENCE}/errors-overview.html`,
  },
  "a list comes in pages of at most MaxResults, all of them once": {
    does: "it gives all on one page",
    page: `${REFERENCE}/Query-Requests.html`,
  },
  "MaxResults under 5 or over 1000, or beside IDs, is refused": {
    does: "it takes any, and ignores it",
    page: `${REFERENCE}/API_DescribeNetworkInterfaces.html`,
  },
  "the first interface is deleted with its instance": {
    does: "DeleteOnTermination is false for it",
    page: `${GUIDE}/terminating-instances.html`,
  },
  "a terminated one is still seen, its first interface isn't": {
    does: "the interface stays in use on the instance that is gone",
    page: `${GUIDE}/terminating-instances.html`,
  },
  "a terminated one leaves a later interface available, with its addresses": {
    does: "the interface stays in use on the instance that is gone",
    page: `${GUIDE}/terminating-instances.html`,
  },
};

const NO_RETURN_VALUE = {
  does: "its answer has no return value, so that the outcome is unclear",
  page: `${REFERENCE}/API_UnassignPrivateIpAddresses.html`,
};

/** The same, where it shows in the adapter's contract. */
export const LOCALSTACK_CLOUD: Differences = {
  "H46 lists every interface of the VPC and none of another": {
    does: "the first interface of a terminated instance is still there",
    page: `${GUIDE}/terminating-instances.html`,
  },
  "reads an interface with its addresses, prefixes and instance": {
    does: "it ignores prefixes",
    page: `${GUIDE}/ec2-prefix-eni.html`,
  },
  "releases the addresses that are named, and keeps the others": NO_RETURN_VALUE,
  "releases a prefix": NO_RETURN_VALUE,
  "keeps all where one isn't assigned": NO_RETURN_VALUE,
  "keeps a primary: EC2 refuses": {
    does: "it answers that it is done",
    page: `${REFERENCE}/API_UnassignPrivateIpAddresses.html`,
  },
  "deletes a detached interface and keeps an attached one": {
    does: "it deletes both",
    page: `${REFERENCE}/API_DeleteNetworkInterface.html`,
  },
};

/** And in the contract of whoever assigns. */
export const LOCALSTACK_ASSIGNER: Differences = {
  "assigns as many as are asked for, and tells which": {
    does: "it names the primary, too, so that the outcome is unclear",
    page: `${REFERENCE}/API_AssignPrivateIpAddresses.html`,
  },
  "tells only of those that it has assigned, not of those that were there": {
    does: "it names all, so that the outcome is unclear",
    page: `${REFERENCE}/API_AssignPrivateIpAddresses.html`,
  },
  "H60 takes nothing from another interface": {
    does: "both have it",
    page: `${REFERENCE}/API_AssignPrivateIpAddresses.html`,
  },
};
