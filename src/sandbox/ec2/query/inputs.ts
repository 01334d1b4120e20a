import type {
  _InstanceType,
  Filter,
  NetworkInterfaceCreationType,
  ResourceType,
  Tag,
} from "@aws-sdk/client-ec2";
import type { ActionName, Input } from "../actions/table.ts";
import type { Form } from "./form.ts";

/** How each action's parameters are named on the wire (EC2 API Reference, "Request Parameters" of each action). */
export const INPUTS: { readonly [A in ActionName]: (form: Form) => Input<A> } = {
  AssignPrivateIpAddresses: (form) => ({
    NetworkInterfaceId: form.text("NetworkInterfaceId"),
    PrivateIpAddresses: form.texts("PrivateIpAddress"),
    SecondaryPrivateIpAddressCount: form.integer("SecondaryPrivateIpAddressCount"),
    Ipv4Prefixes: form.texts("Ipv4Prefix"),
    Ipv4PrefixCount: form.integer("Ipv4PrefixCount"),
    AllowReassignment: form.boolean("AllowReassignment"),
  }),
  AttachNetworkInterface: (form) => ({
    DryRun: form.boolean("DryRun"),
    NetworkInterfaceId: form.text("NetworkInterfaceId"),
    InstanceId: form.text("InstanceId"),
    DeviceIndex: form.integer("DeviceIndex"),
    NetworkCardIndex: form.integer("NetworkCardIndex"),
  }),
  CreateNetworkInterface: (form) => ({
    DryRun: form.boolean("DryRun"),
    ClientToken: form.text("ClientToken"),
    SubnetId: form.text("SubnetId"),
    Description: form.text("Description"),
    InterfaceType: form.text("InterfaceType") as NetworkInterfaceCreationType | undefined,
    Groups: form.texts("SecurityGroupId"),
    PrivateIpAddress: form.text("PrivateIpAddress"),
    PrivateIpAddresses: form.list("PrivateIpAddresses", (at) => ({
      PrivateIpAddress: form.text(`${at}.PrivateIpAddress`),
      Primary: form.boolean(`${at}.Primary`),
    })),
    SecondaryPrivateIpAddressCount: form.integer("SecondaryPrivateIpAddressCount"),
    Ipv4Prefixes: form.list("Ipv4Prefix", (at) => ({ Ipv4Prefix: form.text(`${at}.Ipv4Prefix`) })),
    Ipv4PrefixCount: form.integer("Ipv4PrefixCount"),
    TagSpecifications: form.list("TagSpecification", (at) => ({
      ResourceType: form.text(`${at}.ResourceType`) as ResourceType | undefined,
      Tags: tags(form, `${at}.Tag`),
    })),
  }),
  CreateTags: (form) => ({
    DryRun: form.boolean("DryRun"),
    Resources: form.texts("ResourceId"),
    Tags: tags(form, "Tag"),
  }),
  DeleteNetworkInterface: (form) => ({
    DryRun: form.boolean("DryRun"),
    NetworkInterfaceId: form.text("NetworkInterfaceId"),
  }),
  DeleteTags: (form) => ({
    DryRun: form.boolean("DryRun"),
    Resources: form.texts("ResourceId"),
    Tags: tags(form, "Tag"),
  }),
  DescribeInstances: (form) => ({ ...describe(form), InstanceIds: form.texts("InstanceId") }),
  DescribeInstanceTypes: (form) => ({
    ...describe(form),
    InstanceTypes: form.texts("InstanceType") as _InstanceType[] | undefined,
  }),
  DescribeNetworkInterfaces: (form) => ({
    ...describe(form),
    NetworkInterfaceIds: form.texts("NetworkInterfaceId"),
  }),
  DescribeSubnets: (form) => ({ ...describe(form), SubnetIds: form.texts("SubnetId") }),
  DetachNetworkInterface: (form) => ({
    DryRun: form.boolean("DryRun"),
    AttachmentId: form.text("AttachmentId"),
    Force: form.boolean("Force"),
  }),
  ModifyNetworkInterfaceAttribute: (form) => ({
    DryRun: form.boolean("DryRun"),
    NetworkInterfaceId: form.text("NetworkInterfaceId"),
    Description: { Value: form.text("Description.Value") },
    SourceDestCheck: { Value: form.boolean("SourceDestCheck.Value") },
    Groups: form.texts("SecurityGroupId"),
    Attachment: {
      AttachmentId: form.text("Attachment.AttachmentId"),
      DeleteOnTermination: form.boolean("Attachment.DeleteOnTermination"),
    },
  }),
  StartInstances: (form) => instances(form),
  StopInstances: (form) => ({ ...instances(form), Force: form.boolean("Force") }),
  TerminateInstances: (form) => instances(form),
  UnassignPrivateIpAddresses: (form) => ({
    NetworkInterfaceId: form.text("NetworkInterfaceId"),
    PrivateIpAddresses: form.texts("PrivateIpAddress"),
    Ipv4Prefixes: form.texts("Ipv4Prefix"),
  }),
};

function describe(form: Form) {
  return {
    DryRun: form.boolean("DryRun"),
    MaxResults: form.integer("MaxResults"),
    NextToken: form.text("NextToken"),
    Filters: form.list(
      "Filter",
      (at): Filter => ({ Name: form.text(`${at}.Name`), Values: form.texts(`${at}.Value`) }),
    ),
  };
}

function instances(form: Form) {
  return { DryRun: form.boolean("DryRun"), InstanceIds: form.texts("InstanceId") };
}

function tags(form: Form, name: string): Tag[] | undefined {
  return form.list(name, (at) => {
    const Value = form.text(`${at}.Value`);
    return { Key: form.text(`${at}.Key`), ...(Value === undefined ? {} : { Value }) };
  });
}
