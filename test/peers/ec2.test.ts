import { describeCloud } from "../adapters/ec2/cloud-contract.ts";
import { describeAssigner } from "../contract/assigner.ts";
import { describeEc2 } from "../contract/ec2.ts";
import { assignerOnLocalStack } from "./localstack/assigner.ts";
import { cloudOnLocalStack } from "./localstack/cloud.ts";
import { ec2OnLocalStack } from "./localstack/ec2.ts";
import { LOCALSTACK_ASSIGNER, LOCALSTACK_CLOUD, LOCALSTACK_EC2 } from "./localstack/ec2-differences.ts";
import { awsPeer, describeWhere } from "./peers.ts";

describeWhere(awsPeer)("a real wire of EC2", () => {
  const endpoint = awsPeer ?? "";
  describeEc2("LocalStack's EC2", () => ec2OnLocalStack(endpoint), LOCALSTACK_EC2);
  describeCloud("LocalStack's EC2", () => cloudOnLocalStack(endpoint), LOCALSTACK_CLOUD);
  describeAssigner("LocalStack's EC2", () => assignerOnLocalStack(endpoint), LOCALSTACK_ASSIGNER);
});
