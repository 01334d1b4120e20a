import {
  AssignPrivateIpAddressesCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  DetachNetworkInterfaceCommand,
  ModifyNetworkInterfaceAttributeCommand,
  paginateDescribeNetworkInterfaces,
  TerminateInstancesCommand,
  UnassignPrivateIpAddressesCommand,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { outcome, Served } from "./served.ts";
import { interfaceOf, START } from "./world.ts";

let served: Served;
beforeEach(async () => {
  served = await Served.start();
});
afterEach(() => served.stop());

describe("through the AWS SDK", () => {
  test("an interface is made, tagged, attached, given addresses, robbed of one, detached and deleted", async () => {
    const ec2 = served.client();
    const { subnetID, instanceID } = served.base;
    const { NetworkInterface: made } = await ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: subnetID,
        Description: 'for <node> "a" &amp; b',
        Groups: ["sg-1", "sg-2"],
        SecondaryPrivateIpAddressCount: 1,
        TagSpecifications: [{ ResourceType: "network-interface", Tags: [{ Key: "k", Value: "" }] }],
      }),
    );
    const NetworkInterfaceId = made?.NetworkInterfaceId;
    await ec2.send(
      new CreateTagsCommand({ Resources: [NetworkInterfaceId!], Tags: [{ Key: "l", Value: "m" }] }),
    );
    const { AttachmentId } = await ec2.send(
      new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId: instanceID, DeviceIndex: 1 }),
    );
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId,
        Attachment: { AttachmentId, DeleteOnTermination: true },
      }),
    );
    const assigned = await ec2.send(
      new AssignPrivateIpAddressesCommand({
        NetworkInterfaceId,
        PrivateIpAddresses: ["10.0.0.44", "10.0.0.45"],
      }),
    );
    expect(assigned.AssignedPrivateIpAddresses).toEqual([
      { PrivateIpAddress: "10.0.0.44" },
      { PrivateIpAddress: "10.0.0.45" },
    ]);
    const prefixes = await ec2.send(
      new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, Ipv4Prefixes: ["10.0.0.208/28"] }),
    );
    expect(prefixes.AssignedIpv4Prefixes).toEqual([{ Ipv4Prefix: "10.0.0.208/28" }]);
    await ec2.send(
      new UnassignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: ["10.0.0.44"] }),
    );

    const seen = await ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId!] }),
    );
    const inProcess = served.base.ec2.call("DescribeNetworkInterfaces", {
      NetworkInterfaceIds: [NetworkInterfaceId!],
    });
    expect(seen.NetworkInterfaces).toEqual(inProcess.NetworkInterfaces);
    expect(seen.NetworkInterfaces?.[0]).toMatchObject({
      Description: 'for <node> "a" &amp; b',
      Groups: [{ GroupId: "sg-1" }, { GroupId: "sg-2" }],
      TagSet: [
        { Key: "k", Value: "" },
        { Key: "l", Value: "m" },
      ],
      Attachment: {
        InstanceId: instanceID,
        DeviceIndex: 1,
        DeleteOnTermination: true,
        AttachTime: new Date(START),
      },
      Ipv4Prefixes: [{ Ipv4Prefix: "10.0.0.208/28" }],
      Status: "in-use",
    });

    await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
    await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    expect(served.base.ec2.snapshot()).toHaveLength(1);
  });

  test("the SDK's paginator sees every interface", async () => {
    for (let index = 0; index < 30; index++)
      served.base.ec2.seed.createInterface({ subnetID: served.base.subnetID });
    const seen: unknown[] = [];
    for await (const page of paginateDescribeNetworkInterfaces(
      { client: served.client(), pageSize: 7 },
      { Filters: [{ Name: "vpc-id", Values: ["vpc-*"] }] },
    ))
      seen.push(...(page.NetworkInterfaces ?? []).map(({ NetworkInterfaceId }) => NetworkInterfaceId));
    expect(seen).toEqual(served.base.ec2.snapshot().map(({ id }) => id));
    expect(served.base.ec2.calls.byAction("AKIDTEST")).toEqual({ DescribeNetworkInterfaces: 5 });
  });

  test("interfaces of other services come as AWS tells them", async () => {
    served.base.ec2.seed.createInterface({
      subnetID: served.base.subnetID,
      interfaceType: "nat_gateway",
      requesterManaged: true,
      requesterID: "644160558196",
      description: "Interface for NAT Gateway nat-001ede673d090598b",
      attachment: {},
    });
    const { NetworkInterfaces } = await served.client().send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: "interface-type", Values: ["nat_gateway"] }],
      }),
    );
    expect(NetworkInterfaces?.[0]).toMatchObject({
      InterfaceType: "nat_gateway",
      RequesterManaged: true,
      RequesterId: "644160558196",
      Attachment: { InstanceOwnerId: "amazon-aws", DeviceIndex: 1, Status: "attached" },
    });
    expect(NetworkInterfaces?.[0]?.Attachment).not.toHaveProperty("InstanceId");
    expect(NetworkInterfaces?.[0]?.Attachment).not.toHaveProperty("AttachTime");
  });

  test("instances, their types and subnets are described", async () => {
    const ec2 = served.client();
    const { instanceID, interfaceID, subnetID } = served.base;
    const instances = await ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: "instance-state-name", Values: ["running"] }] }),
    );
    expect(instances.Reservations?.[0]?.Instances?.[0]).toMatchObject({
      InstanceId: instanceID,
      InstanceType: "m5.large",
      State: { Code: 16, Name: "running" },
      PrivateIpAddress: interfaceOf(served.base.ec2, interfaceID).primary,
      LaunchTime: new Date(START),
    });
    const types = await ec2.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: ["t3.medium", "c5.18xlarge"] }),
    );
    expect(
      types.InstanceTypes?.map(({ InstanceType, NetworkInfo }) => [
        InstanceType,
        NetworkInfo?.MaximumNetworkInterfaces,
        NetworkInfo?.Ipv4AddressesPerInterface,
      ]),
    ).toEqual([
      ["t3.medium", 3, 6],
      ["c5.18xlarge", 15, 50],
    ]);
    const subnets = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetID] }));
    expect(subnets.Subnets?.[0]).toMatchObject({ CidrBlock: "10.0.0.0/24", AvailableIpAddressCount: 250 });
    const terminated = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceID] }));
    expect(terminated.TerminatingInstances?.[0]).toMatchObject({
      PreviousState: { Name: "running" },
      CurrentState: { Name: "terminated" },
    });
  });

  test("errors have EC2's code, message and status", async () => {
    const ec2 = served.client();
    const NetworkInterfaceId = "eni-0ffffffffffffffff";
    await expect(
      ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] })),
    ).rejects.toMatchObject({
      name: "InvalidNetworkInterfaceID.NotFound",
      message: `The networkInterface ID '${NetworkInterfaceId}' does not exist`,
      $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
    });
    expect(await outcome(ec2.send(new DescribeSubnetsCommand({ DryRun: true })))).toBe("DryRunOperation 412");
  });

  test("a throttled request is 503", async () => {
    await served.stop();
    served = await Served.start({ throttling: { DescribeSubnets: { capacity: 1, refillPerSecond: 1 } } });
    const ec2 = served.client();
    expect(await outcome(ec2.send(new DescribeSubnetsCommand({})))).toBe("done");
    expect(await outcome(ec2.send(new DescribeSubnetsCommand({})))).toBe("RequestLimitExceeded 503");
  });
});
