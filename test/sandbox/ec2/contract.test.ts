import { Ec2, Ec2Front } from "../../../src/sandbox/ec2/index.ts";
import { describeEc2 } from "../../contract/ec2.ts";
import { seededRandom } from "./world.ts";

/** test/peers/ec2.test.ts holds LocalStack to the same sentences, and lists where it differs. */
describeEc2("the EC2 simulator", async () => {
  const vpcID = "vpc-0123456789abcdef0";
  const ec2 = new Ec2({ clock: Date.now, random: seededRandom(), throttling: false });
  const front = new Ec2Front({ ec2, clock: Date.now });
  const subnetID = ec2.seed.addSubnet({ cidr: "10.0.0.0/20", vpcID });
  const smallSubnetID = ec2.seed.addSubnet({ cidr: "10.0.16.0/28", vpcID });
  return {
    endpoint: await front.start(),
    vpcID,
    subnetID,
    smallSubnetID,
    runInstance: async () => ec2.seed.runInstance({ subnetID, instanceType: "m5.large" }),
    stop: () => front.stop(),
  };
});
