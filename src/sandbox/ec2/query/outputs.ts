import type { Instance, InstanceStateChange, NetworkInterface, Subnet, Tag } from "@aws-sdk/client-ec2";
import type { ActionName, Output } from "../actions/table.ts";
import { element, set, structure } from "./xml.ts";

const returned = () => "<return>true</return>";

/** What stands between `requestId` and the end of each answer (EC2 API Reference, "Response Elements"). */
export const OUTPUTS: { readonly [A in ActionName]: (output: Output<A>) => string } = {
  AssignPrivateIpAddresses: (output) =>
    element("networkInterfaceId", output.NetworkInterfaceId) +
    set("assignedPrivateIpAddressesSet", output.AssignedPrivateIpAddresses, ({ PrivateIpAddress }) =>
      element("privateIpAddress", PrivateIpAddress),
    ) +
    set("assignedIpv4PrefixSet", output.AssignedIpv4Prefixes, ({ Ipv4Prefix }) =>
      element("ipv4Prefix", Ipv4Prefix),
    ) +
    returned(),
  AttachNetworkInterface: (output) =>
    element("attachmentId", output.AttachmentId) + element("networkCardIndex", output.NetworkCardIndex),
  CreateNetworkInterface: (output) =>
    structure("networkInterface", output.NetworkInterface, interfaceXml) +
    element("clientToken", output.ClientToken),
  CreateTags: returned,
  DeleteNetworkInterface: returned,
  DeleteTags: returned,
  DescribeInstances: (output) =>
    set(
      "reservationSet",
      output.Reservations,
      (reservation) =>
        element("reservationId", reservation.ReservationId) +
        element("ownerId", reservation.OwnerId) +
        "<groupSet/>" +
        set("instancesSet", reservation.Instances, instanceXml),
    ) + element("nextToken", output.NextToken),
  DescribeInstanceTypes: (output) =>
    set(
      "instanceTypeSet",
      output.InstanceTypes,
      (type) =>
        element("instanceType", type.InstanceType) +
        element("hypervisor", type.Hypervisor) +
        structure(
          "networkInfo",
          type.NetworkInfo,
          (info) =>
            element("maximumNetworkInterfaces", info.MaximumNetworkInterfaces) +
            element("maximumNetworkCards", info.MaximumNetworkCards) +
            element("defaultNetworkCardIndex", info.DefaultNetworkCardIndex) +
            element("ipv4AddressesPerInterface", info.Ipv4AddressesPerInterface),
        ),
    ) + element("nextToken", output.NextToken),
  DescribeNetworkInterfaces: (output) =>
    set("networkInterfaceSet", output.NetworkInterfaces, interfaceXml) +
    element("nextToken", output.NextToken),
  DescribeSubnets: (output) =>
    set("subnetSet", output.Subnets, subnetXml) + element("nextToken", output.NextToken),
  DetachNetworkInterface: returned,
  ModifyNetworkInterfaceAttribute: returned,
  StartInstances: (output) => set("instancesSet", output.StartingInstances, stateChangeXml),
  StopInstances: (output) => set("instancesSet", output.StoppingInstances, stateChangeXml),
  TerminateInstances: (output) => set("instancesSet", output.TerminatingInstances, stateChangeXml),
  UnassignPrivateIpAddresses: returned,
};

const rendered = new WeakMap<NetworkInterface, string>();

/** Rendered once for each version of an interface: pages of a thousand are mostly joined text. */
function interfaceXml(view: NetworkInterface): string {
  const known = rendered.get(view);
  if (known !== undefined) return known;
  const xml = renderInterface(view);
  rendered.set(view, xml);
  return xml;
}

function renderInterface(view: NetworkInterface): string {
  return (
    element("networkInterfaceId", view.NetworkInterfaceId) +
    element("subnetId", view.SubnetId) +
    element("vpcId", view.VpcId) +
    element("availabilityZone", view.AvailabilityZone) +
    element("description", view.Description) +
    element("ownerId", view.OwnerId) +
    element("requesterId", view.RequesterId) +
    element("requesterManaged", view.RequesterManaged) +
    element("status", view.Status) +
    element("macAddress", view.MacAddress) +
    element("privateIpAddress", view.PrivateIpAddress) +
    element("privateDnsName", view.PrivateDnsName) +
    element("sourceDestCheck", view.SourceDestCheck) +
    set(
      "groupSet",
      view.Groups,
      ({ GroupId, GroupName }) => element("groupId", GroupId) + element("groupName", GroupName),
    ) +
    structure(
      "attachment",
      view.Attachment,
      (attachment) =>
        element("attachmentId", attachment.AttachmentId) +
        element("instanceId", attachment.InstanceId) +
        element("instanceOwnerId", attachment.InstanceOwnerId) +
        element("deviceIndex", attachment.DeviceIndex) +
        element("networkCardIndex", attachment.NetworkCardIndex) +
        element("status", attachment.Status) +
        element("attachTime", attachment.AttachTime) +
        element("deleteOnTermination", attachment.DeleteOnTermination),
    ) +
    tagsXml(view.TagSet) +
    set(
      "privateIpAddressesSet",
      view.PrivateIpAddresses,
      (address) =>
        element("privateIpAddress", address.PrivateIpAddress) +
        element("privateDnsName", address.PrivateDnsName) +
        element("primary", address.Primary),
    ) +
    set("ipv4PrefixSet", view.Ipv4Prefixes, ({ Ipv4Prefix }) => element("ipv4Prefix", Ipv4Prefix)) +
    "<ipv6AddressesSet/>" +
    element("interfaceType", view.InterfaceType)
  );
}

function instanceXml(view: Instance): string {
  return (
    element("instanceId", view.InstanceId) +
    structure("instanceState", view.State, stateXml) +
    element("privateDnsName", view.PrivateDnsName) +
    element("instanceType", view.InstanceType) +
    element("launchTime", view.LaunchTime) +
    structure("placement", view.Placement, ({ AvailabilityZone }) =>
      element("availabilityZone", AvailabilityZone),
    ) +
    element("subnetId", view.SubnetId) +
    element("vpcId", view.VpcId) +
    element("privateIpAddress", view.PrivateIpAddress) +
    tagsXml(view.Tags)
  );
}

function subnetXml(view: Subnet): string {
  return (
    element("subnetId", view.SubnetId) +
    element("state", view.State) +
    element("ownerId", view.OwnerId) +
    element("vpcId", view.VpcId) +
    element("cidrBlock", view.CidrBlock) +
    element("availableIpAddressCount", view.AvailableIpAddressCount) +
    element("availabilityZone", view.AvailabilityZone) +
    tagsXml(view.Tags)
  );
}

function stateChangeXml(change: InstanceStateChange): string {
  return (
    element("instanceId", change.InstanceId) +
    structure("currentState", change.CurrentState, stateXml) +
    structure("previousState", change.PreviousState, stateXml)
  );
}

function stateXml({ Code, Name }: { Code?: number | undefined; Name?: string | undefined }): string {
  return element("code", Code) + element("name", Name);
}

function tagsXml(tags: Tag[] | undefined): string {
  return set("tagSet", tags, ({ Key, Value }) => element("key", Key) + element("value", Value));
}
