/** What a stock cluster has, whose nodes run the Amazon VPC CNI and have no NodeENIConfig. */
import { eni } from "./dumps.ts";

/** An interface without a tag of ours. */
export const stock = (addresses: readonly string[], more: Record<string, unknown> = {}) =>
  eni({ TagSet: [], ...more }, addresses);

/** The tags that the Amazon VPC CNI gives the interfaces that it makes. */
export const cniTags = (instance: string, createdAt = "2026-01-01T00:00:00Z") => [
  { Key: "cluster.k8s.amazonaws.com/name", Value: "shop" },
  { Key: "node.k8s.amazonaws.com/instance_id", Value: instance },
  { Key: "node.k8s.amazonaws.com/createdAt", Value: createdAt },
  { Key: "eks:eni:owner", Value: "amazon-vpc-cni" },
];
