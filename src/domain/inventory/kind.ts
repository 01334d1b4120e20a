import type { NetworkInterface } from "../evidence.ts";

/**
 * What an interface is and how we know. Facts that EC2 states (InterfaceType, RequesterManaged, the attachment's owner)
 * come first; the description is free text that anybody may write, so it names a kind but never proves that an
 * interface is ours (EC2 User Guide, "Requester-managed network interfaces").
 */
export interface InterfaceKind {
  readonly kind: KindName;
  readonly because: string;
}

/** Kinds that a Kubernetes node's CNI makes or uses; everything else is somebody else's. */
export const NODE_KINDS = ["plain", "aws-node", "trunk", "branch"] as const;

export type KindName =
  | (typeof NODE_KINDS)[number]
  | "managed-node"
  | "eks-control-plane"
  | "load-balancer"
  | "nat-gateway"
  | "vpc-endpoint"
  | "transit-gateway"
  | "lambda"
  | "efa"
  | "rds"
  | "efs"
  | "fsx"
  | "elasticache"
  | "redshift"
  | "opensearch"
  | "ecs-task"
  | "directory"
  | "workspaces"
  | "dms"
  | "mq"
  | "resolver"
  | "instance-connect"
  | "api-gateway"
  | "global-accelerator"
  | "quicksight"
  | "iot-rules"
  | "codestar"
  | "evs"
  | "aws-service";

const PLAIN_TYPE = "interface";

/** InterfaceType (EC2 API reference, NetworkInterface) -> kind. */
const BY_TYPE: Readonly<Record<string, KindName>> = {
  natGateway: "nat-gateway",
  nat_gateway: "nat-gateway",
  load_balancer: "load-balancer",
  network_load_balancer: "load-balancer",
  gateway_load_balancer: "load-balancer",
  gateway_load_balancer_endpoint: "vpc-endpoint",
  vpc_endpoint: "vpc-endpoint",
  transit_gateway: "transit-gateway",
  lambda: "lambda",
  efa: "efa",
  "efa-only": "efa",
  trunk: "trunk",
  branch: "branch",
  quicksight: "quicksight",
  global_accelerator_managed: "global-accelerator",
  api_gateway_managed: "api-gateway",
  iot_rules_managed: "iot-rules",
  aws_codestar_connections_managed: "codestar",
  ec2_instance_connect_endpoint: "instance-connect",
  evs: "evs",
};

/** How services and the Amazon VPC CNI begin the descriptions of the interfaces that they make. */
const BY_DESCRIPTION: readonly (readonly [RegExp, KindName])[] = [
  [/^aws-k8s-trunk-eni/i, "trunk"],
  [/^aws-k8s-branch-eni/i, "branch"],
  [/^aws-k8s-/i, "aws-node"],
  [/^Amazon EKS /i, "eks-control-plane"],
  [/^ELB /, "load-balancer"],
  [/^Interface for NAT Gateway /i, "nat-gateway"],
  [/^VPC Endpoint Interface /i, "vpc-endpoint"],
  [/^Network Interface for Transit Gateway /i, "transit-gateway"],
  [/^AWS Lambda VPC ENI/i, "lambda"],
  [/^RDSNetworkInterface/i, "rds"],
  [/^EFS mount target /i, "efs"],
  [/\bFSx\b/, "fsx"],
  [/^ElastiCache/i, "elasticache"],
  [/^RedshiftNetworkInterface/i, "redshift"],
  [/^ES /, "opensearch"],
  [/^arn:aws[a-z-]*:ecs:/, "ecs-task"],
  [/^AWS created network interface for directory/i, "directory"],
  [/^Created By Amazon Workspaces/i, "workspaces"],
  [/^DMSNetworkInterface/i, "dms"],
  [/^AmazonMQ/i, "mq"],
  [/^Route 53 Resolver/i, "resolver"],
  [/^EC2 Instance Connect Endpoint/i, "instance-connect"],
];

export function kindOf(face: NetworkInterface): InterfaceKind {
  const described = BY_DESCRIPTION.find(([pattern]) => pattern.test(face.description ?? ""))?.[1];
  const text = `its description is "${face.description}"`;
  if (face.type !== undefined && face.type !== PLAIN_TYPE) {
    const because = `its InterfaceType is ${face.type}`;
    return { kind: BY_TYPE[face.type] ?? "aws-service", because };
  }
  if (face.operatorManaged === true)
    return {
      kind: "managed-node",
      because: "its Operator says that an AWS service runs it (e.g. EKS Auto Mode)",
    };
  if (face.requesterManaged === true)
    return described === undefined
      ? { kind: "aws-service", because: "it is requester-managed: an AWS service made it" }
      : { kind: described, because: `it is requester-managed, and ${text}` };
  if (described !== undefined) return { kind: described, because: text };
  const { attachment } = face;
  if (attachment !== undefined && attachment.instanceID === undefined)
    return {
      kind: "aws-service",
      because: `it is attached to no instance of this account, but to one of ${attachment.instanceOwnerID ?? "an unknown owner"}`,
    };
  if (looksLikeAwsNode(face))
    return { kind: "aws-node", because: "its tags are those of the Amazon VPC CNI" };
  return { kind: "plain", because: "nothing says otherwise" };
}

/** Tags that the Amazon VPC CNI and the VPC resource controller set (amazon-vpc-cni-k8s, README, "ENI tags"). */
export const CNI_TAG = {
  cluster: "cluster.k8s.amazonaws.com/name",
  instance: "node.k8s.amazonaws.com/instance_id",
  createdAt: "node.k8s.amazonaws.com/createdAt",
  owner: "eks:eni:owner",
} as const;

function looksLikeAwsNode(face: NetworkInterface): boolean {
  return (
    face.tags?.[CNI_TAG.instance] !== undefined ||
    face.tags?.[CNI_TAG.cluster] !== undefined ||
    face.tags?.[CNI_TAG.owner] !== undefined
  );
}

export function isNodeKind(kind: KindName): boolean {
  return (NODE_KINDS as readonly string[]).includes(kind);
}
