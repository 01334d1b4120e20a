import { describeEc2 } from "../contract/ec2.ts";
import { ec2OnLocalStack } from "./localstack/ec2.ts";
import { LOCALSTACK_EC2 } from "./localstack/ec2-differences.ts";
import { awsPeer, describeWhere } from "./peers.ts";

describeWhere(awsPeer)("real wires of EC2", () => {
  describeEc2("LocalStack's EC2", () => ec2OnLocalStack(awsPeer ?? ""), LOCALSTACK_EC2);
});
