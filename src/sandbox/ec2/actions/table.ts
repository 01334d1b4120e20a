import type * as Sdk from "@aws-sdk/client-ec2";
import type { World } from "../world.ts";
import { assignPrivateIpAddresses, unassignPrivateIpAddresses } from "./addresses.ts";
import { attachNetworkInterface, detachNetworkInterface } from "./attachments.ts";
import { describeNetworkInterfaces } from "./describe-interfaces.ts";
import { changeInstanceStates, describeInstances, describeInstanceTypes } from "./instances.ts";
import {
  createNetworkInterface,
  deleteNetworkInterface,
  modifyNetworkInterfaceAttribute,
} from "./interfaces.ts";
import { createTags, deleteTags, describeSubnets } from "./subnets.ts";

/** What goes in and comes out of each action, in the shapes of the AWS SDK. */
export interface ActionTypes {
  AssignPrivateIpAddresses: {
    input: Sdk.AssignPrivateIpAddressesRequest;
    output: Sdk.AssignPrivateIpAddressesResult;
  };
  AttachNetworkInterface: {
    input: Sdk.AttachNetworkInterfaceRequest;
    output: Sdk.AttachNetworkInterfaceResult;
  };
  CreateNetworkInterface: {
    input: Sdk.CreateNetworkInterfaceRequest;
    output: Sdk.CreateNetworkInterfaceResult;
  };
  CreateTags: { input: Sdk.CreateTagsRequest; output: object };
  DeleteNetworkInterface: { input: Sdk.DeleteNetworkInterfaceRequest; output: object };
  DeleteTags: { input: Sdk.DeleteTagsRequest; output: object };
  DescribeInstances: { input: Sdk.DescribeInstancesRequest; output: Sdk.DescribeInstancesResult };
  DescribeInstanceTypes: { input: Sdk.DescribeInstanceTypesRequest; output: Sdk.DescribeInstanceTypesResult };
  DescribeNetworkInterfaces: {
    input: Sdk.DescribeNetworkInterfacesRequest;
    output: Sdk.DescribeNetworkInterfacesResult;
  };
  DescribeSubnets: { input: Sdk.DescribeSubnetsRequest; output: Sdk.DescribeSubnetsResult };
  DetachNetworkInterface: { input: Sdk.DetachNetworkInterfaceRequest; output: object };
  ModifyNetworkInterfaceAttribute: { input: Sdk.ModifyNetworkInterfaceAttributeRequest; output: object };
  StartInstances: { input: Sdk.StartInstancesRequest; output: Sdk.StartInstancesResult };
  StopInstances: { input: Sdk.StopInstancesRequest; output: Sdk.StopInstancesResult };
  TerminateInstances: { input: Sdk.TerminateInstancesRequest; output: Sdk.TerminateInstancesResult };
  UnassignPrivateIpAddresses: { input: Sdk.UnassignPrivateIpAddressesRequest; output: object };
}

export type ActionName = keyof ActionTypes;
export type Input<A extends ActionName> = ActionTypes[A]["input"];
export type Output<A extends ActionName> = ActionTypes[A]["output"];

type Act<A extends ActionName> = (world: World, input: Input<A>, keptShare: number) => Output<A>;

/** For an action that answers nothing but `return: true`. */
function silent<I>(act: (world: World, input: I) => void): (world: World, input: I) => object {
  return (world, input) => {
    act(world, input);
    return {};
  };
}

export const ACTIONS: { readonly [A in ActionName]: Act<A> } = {
  AssignPrivateIpAddresses: assignPrivateIpAddresses,
  AttachNetworkInterface: attachNetworkInterface,
  CreateNetworkInterface: createNetworkInterface,
  CreateTags: silent(createTags),
  DeleteNetworkInterface: silent(deleteNetworkInterface),
  DeleteTags: silent(deleteTags),
  DescribeInstances: describeInstances,
  DescribeInstanceTypes: (_world, input) => describeInstanceTypes(input),
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribeSubnets: describeSubnets,
  DetachNetworkInterface: silent(detachNetworkInterface),
  ModifyNetworkInterfaceAttribute: silent(modifyNetworkInterfaceAttribute),
  StartInstances: (world, input) => ({
    StartingInstances: changeInstanceStates(world, "StartInstances", input),
  }),
  StopInstances: (world, input) => ({
    StoppingInstances: changeInstanceStates(world, "StopInstances", input),
  }),
  TerminateInstances: (world, input) => ({
    TerminatingInstances: changeInstanceStates(world, "TerminateInstances", input),
  }),
  UnassignPrivateIpAddresses: silent(unassignPrivateIpAddresses),
};

export function isActionName(name: string): name is ActionName {
  return Object.hasOwn(ACTIONS, name);
}
