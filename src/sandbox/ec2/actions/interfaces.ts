import type {
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
  ModifyNetworkInterfaceAttributeRequest,
} from "@aws-sdk/client-ec2";
import type { Address } from "../../../domain/address.ts";
import {
  Ec2Error,
  invalidCombination,
  invalidValue,
  notFound,
  required,
  requireWellFormed,
} from "../errors.ts";
import { addressLimitExceeded, slotsUsed } from "../limits.ts";
import { addInterface, removeInterface } from "../mutations.ts";
import type { InterfaceRecord, Tag } from "../records.ts";
import type { SubnetSpace } from "../subnet-space.ts";
import { interfaceView } from "../views.ts";
import type { World } from "../world.ts";
import { checkWish, pickWished, readAddresses, readPrefixes } from "./choose.ts";

const MOST_ADDRESSES = 50;
const CREATABLE_TYPES = new Set(["interface", "efa", "efa-only", "branch", "trunk"]);

/** EC2 API Reference, CreateNetworkInterface. A repeated client token returns what the first call made. */
export function createNetworkInterface(
  world: World,
  { DryRun: _, ...input }: CreateNetworkInterfaceRequest,
): CreateNetworkInterfaceResult {
  const repeated = madeUnder(world, input);
  if (repeated !== undefined) return created(world, repeated, input.ClientToken);
  const subnet = world.subnet(required(input.SubnetId, "subnetId"));
  const space = world.space(subnet.id);
  const interfaceType = input.InterfaceType ?? "interface";
  if (!CREATABLE_TYPES.has(interfaceType)) throw invalidValue(`Invalid interface type ${interfaceType}`);
  const { primary: named, secondary: namedSecondary } = namedAddresses(space, input);
  const wish = {
    addresses: namedSecondary,
    count: input.SecondaryPrivateIpAddressCount,
    prefixes: input.Ipv4Prefixes?.map(({ Ipv4Prefix }) => Ipv4Prefix ?? ""),
    prefixCount: input.Ipv4PrefixCount,
  };
  checkWish(wish);
  const prefixes = readPrefixes(space, wish.prefixes ?? []);
  const needsPrimary = named === undefined;
  const picked = pickWished(
    space,
    { ...wish, count: (wish.count ?? 0) + (needsPrimary ? 1 : 0) },
    world.options.random,
    { addresses: [...(named === undefined ? [] : [named]), ...namedSecondary], prefixes },
  );
  const [pickedPrimary, ...others] = needsPrimary ? picked.addresses : [named, ...picked.addresses];
  const record: InterfaceRecord = {
    id: world.newID("eni"),
    sequence: world.nextSequence(),
    subnetID: subnet.id,
    vpcID: subnet.vpcID,
    zone: subnet.zone,
    ownerID: world.options.accountID,
    requesterID: world.caller ?? world.options.accountID,
    requesterManaged: false,
    interfaceType,
    description: input.Description ?? "",
    macAddress: newMacAddress(world),
    groups: input.Groups ?? ["sg-default"],
    sourceDestCheck: true,
    status: "available",
    tags: tagsFor(input),
    primary: pickedPrimary as Address,
    secondary: [...namedSecondary, ...others],
    prefixes: [...prefixes, ...picked.prefixes],
  };
  if (slotsUsed(record) > MOST_ADDRESSES) throw addressLimitExceeded(record.id);
  addInterface(world, record);
  if (input.ClientToken !== undefined)
    world.clientTokens.set(input.ClientToken, { request: JSON.stringify(input), id: record.id });
  return created(world, record, input.ClientToken);
}

/** Refused while attached: "Network interface 'eni-…' is currently in use." (recorded in gruntwork-io/cloud-nuke). */
export function deleteNetworkInterface(world: World, input: DeleteNetworkInterfaceRequest): void {
  const id = required(input.NetworkInterfaceId, "networkInterfaceId");
  requireWellFormed("interface", [id]);
  const record = world.interface(id);
  if (record.attachment !== undefined) throw inUse(id);
  // EC2 User Guide, "Requester-managed network interfaces": you can't delete them. The code is unverified.
  if (record.requesterManaged) {
    throw new Ec2Error(
      "OperationNotPermitted",
      `You are not allowed to delete the network interface '${id}'`,
    );
  }
  removeInterface(world, record);
}

/** Description, SourceDestCheck, Groups, and DeleteOnTermination of the attachment; the rest is not simulated. */
export function modifyNetworkInterfaceAttribute(
  world: World,
  input: ModifyNetworkInterfaceAttributeRequest,
): void {
  const record = world.interface(required(input.NetworkInterfaceId, "networkInterfaceId"));
  const { Attachment: change } = input;
  if (change?.AttachmentId !== undefined && change.AttachmentId !== record.attachment?.id) {
    throw notFound("attachment", [change.AttachmentId]);
  }
  world.interfaces.set(record.id, {
    ...record,
    description: input.Description?.Value ?? record.description,
    sourceDestCheck: input.SourceDestCheck?.Value ?? record.sourceDestCheck,
    groups: input.Groups ?? record.groups,
    ...(record.attachment === undefined
      ? {}
      : {
          attachment: {
            ...record.attachment,
            deleteOnTermination: change?.DeleteOnTermination ?? record.attachment.deleteOnTermination,
          },
        }),
  });
}

export function inUse(interfaceID: string): Ec2Error {
  return invalidValue(`Network interface '${interfaceID}' is currently in use.`);
}

/** A locally administered address, as EC2's are. */
export function newMacAddress(world: World): string {
  return `02:${world.hex(10).match(/../g)?.join(":")}`;
}

function created(
  world: World,
  record: InterfaceRecord,
  token: string | undefined,
): CreateNetworkInterfaceResult {
  return {
    NetworkInterface: interfaceView(record, world.options.region),
    ...(token === undefined ? {} : { ClientToken: token }),
  };
}

function madeUnder(world: World, input: CreateNetworkInterfaceRequest): InterfaceRecord | undefined {
  const known = world.clientTokens.get(input.ClientToken ?? "");
  if (known === undefined) return undefined;
  if (known.request !== JSON.stringify(input)) {
    throw new Ec2Error(
      "IdempotentParameterMismatch",
      "The request uses the same client token as a previous, but non-identical request.",
    );
  }
  return world.interface(known.id);
}

/**
 * PrivateIpAddress, or the element of PrivateIpAddresses that is called primary. A taken address is
 * InvalidIPAddress.InUse (error codes page; "X is already assigned." is the message that Cilium forks read).
 */
function namedAddresses(space: SubnetSpace, input: CreateNetworkInterfaceRequest) {
  const list = input.PrivateIpAddresses ?? [];
  if (list.length > 0 && input.SecondaryPrivateIpAddressCount !== undefined) {
    throw invalidCombination(
      "The parameters privateIpAddresses and secondaryPrivateIpAddressCount may not both be specified",
    );
  }
  const called = list.find(({ Primary }) => Primary === true)?.PrivateIpAddress;
  const primary = called ?? input.PrivateIpAddress;
  const secondary = list
    .map(({ PrivateIpAddress = "" }) => PrivateIpAddress)
    .filter((text) => text !== primary);
  const read = readAddresses(space, primary === undefined ? secondary : [primary, ...secondary]);
  const taken = read.find((address) => space.ownerOf(address) !== undefined);
  if (taken !== undefined) throw new Ec2Error("InvalidIPAddress.InUse", `${taken} is already assigned.`);
  return primary === undefined
    ? { primary: undefined, secondary: read }
    : { primary: read[0], secondary: read.slice(1) };
}

function tagsFor({ TagSpecifications = [] }: CreateNetworkInterfaceRequest): Tag[] {
  const wrong = TagSpecifications.find(({ ResourceType }) => ResourceType !== "network-interface");
  if (wrong !== undefined) {
    throw invalidValue(`'${wrong.ResourceType}' is not a valid taggable resource type for this operation.`);
  }
  return TagSpecifications.flatMap(({ Tags = [] }) =>
    Tags.map(({ Key = "", Value = "" }) => ({ key: Key, value: Value })),
  );
}
