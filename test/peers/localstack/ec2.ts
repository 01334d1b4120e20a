import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import type { Ec2Peer } from "../../contract/ec2.ts";
import { access } from "./access.ts";

export interface LocalStackEc2 extends Ec2Peer {
  readonly client: EC2Client;
  runInstance(): Promise<{
    readonly instanceID: string;
    readonly interfaceID: string;
    /** Its primary address. */
    readonly primary: string;
  }>;
}

/** Any of the images that it has. */
let image: Promise<string> | undefined;

/** A VPC of its own on LocalStack. */
export async function ec2OnLocalStack(endpoint: string): Promise<LocalStackEc2> {
  const client = new EC2Client(access(endpoint));
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const vpcID = Vpc!.VpcId!;
  const subnet = async (CidrBlock: string) => {
    const { Subnet } = await client.send(new CreateSubnetCommand({ VpcId: vpcID, CidrBlock }));
    return Subnet!.SubnetId!;
  };
  const subnetID = await subnet("10.0.0.0/20");
  image ??= client.send(new DescribeImagesCommand({})).then(({ Images }) => Images![0]!.ImageId!);
  const ImageId = await image;
  return {
    client,
    endpoint,
    vpcID,
    subnetID,
    smallSubnetID: await subnet("10.0.16.0/28"),
    async runInstance() {
      const { Instances } = await client.send(
        new RunInstancesCommand({
          ImageId,
          InstanceType: "m5.large",
          SubnetId: subnetID,
          MinCount: 1,
          MaxCount: 1,
        }),
      );
      const [instance] = Instances!;
      const [first] = instance!.NetworkInterfaces!;
      return {
        instanceID: instance!.InstanceId!,
        interfaceID: first!.NetworkInterfaceId!,
        primary: first!.PrivateIpAddress!,
      };
    },
    stop: async () => client.destroy(),
  };
}
