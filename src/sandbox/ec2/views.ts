import type {
  Instance,
  InstanceStateName,
  NetworkInterface,
  NetworkInterfaceType,
  Tag as SdkTag,
  Subnet,
} from "@aws-sdk/client-ec2";
import { INSTANCE_STATE_CODES } from "./instance-states.ts";
import type { InstanceRecord, InterfaceRecord, SubnetRecord, Tag } from "./records.ts";

/** Records in the shapes that the AWS SDK returns (EC2 API Reference, data types). */
const interfaceViews = new WeakMap<InterfaceRecord, NetworkInterface>();

/** Made once for each version of an interface, and frozen: many callers share it. */
export function interfaceView(record: InterfaceRecord, region: string): NetworkInterface {
  const known = interfaceViews.get(record);
  if (known !== undefined) return known;
  const view = deepFreeze(renderInterface(record, region));
  interfaceViews.set(record, view);
  return view;
}

function renderInterface(record: InterfaceRecord, region: string): NetworkInterface {
  const { attachment } = record;
  return {
    ...(attachment === undefined
      ? {}
      : {
          Attachment: {
            ...(attachment.attachTime === undefined ? {} : { AttachTime: new Date(attachment.attachTime) }),
            AttachmentId: attachment.id,
            DeleteOnTermination: attachment.deleteOnTermination,
            DeviceIndex: attachment.deviceIndex,
            ...(attachment.networkCardIndex === undefined
              ? {}
              : { NetworkCardIndex: attachment.networkCardIndex }),
            ...(attachment.instanceID === undefined ? {} : { InstanceId: attachment.instanceID }),
            InstanceOwnerId: attachment.instanceOwnerID,
            Status: attachment.status,
          },
        }),
    AvailabilityZone: record.zone,
    Description: record.description,
    Groups: record.groups.map((id) => ({ GroupId: id, GroupName: id })),
    // The wire has `nat_gateway` where the SDK's type says `natGateway` (recorded in cloud-custodian's placebo data).
    InterfaceType: record.interfaceType as NetworkInterfaceType,
    Ipv6Addresses: [],
    MacAddress: record.macAddress,
    NetworkInterfaceId: record.id,
    OwnerId: record.ownerID,
    PrivateDnsName: privateDnsName(record.primary, region),
    PrivateIpAddress: record.primary,
    PrivateIpAddresses: [record.primary, ...record.secondary].map((address, index) => ({
      Primary: index === 0,
      PrivateDnsName: privateDnsName(address, region),
      PrivateIpAddress: address,
    })),
    ...(record.prefixes.length === 0
      ? {}
      : { Ipv4Prefixes: record.prefixes.map((prefix) => ({ Ipv4Prefix: prefix })) }),
    ...(record.requesterID === undefined ? {} : { RequesterId: record.requesterID }),
    RequesterManaged: record.requesterManaged,
    SourceDestCheck: record.sourceDestCheck,
    Status: record.status,
    SubnetId: record.subnetID,
    TagSet: tagViews(record.tags),
    VpcId: record.vpcID,
  };
}

export function instanceView(record: InstanceRecord, region: string): Instance {
  return {
    InstanceId: record.id,
    InstanceType: record.instanceType as NonNullable<Instance["InstanceType"]>,
    LaunchTime: new Date(record.launchTime),
    Placement: { AvailabilityZone: record.zone },
    // A terminated instance has lost its interfaces, and with them address, subnet and VPC (unverified in detail).
    ...(record.privateIpAddress === undefined || record.state === "terminated"
      ? {}
      : {
          PrivateDnsName: privateDnsName(record.privateIpAddress, region),
          PrivateIpAddress: record.privateIpAddress,
          SubnetId: record.subnetID,
          VpcId: record.vpcID,
        }),
    State: { Code: INSTANCE_STATE_CODES[record.state], Name: record.state as InstanceStateName },
    Tags: tagViews(record.tags),
  };
}

export function subnetView(record: SubnetRecord, freeAddresses: number, ownerID: string): Subnet {
  return {
    AvailabilityZone: record.zone,
    AvailableIpAddressCount: freeAddresses,
    CidrBlock: record.cidr,
    OwnerId: ownerID,
    State: "available",
    SubnetId: record.id,
    Tags: tagViews(record.tags),
    VpcId: record.vpcID,
  };
}

/** EC2 User Guide, "EC2 instance hostnames and domains": `ip-10-0-3-17.eu-west-1.compute.internal`, in us-east-1 `….ec2.internal`. */
export function privateDnsName(address: string, region: string): string {
  const domain = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  return `ip-${address.replaceAll(".", "-")}.${domain}`;
}

function tagViews(tags: readonly Tag[]): SdkTag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
