import type {
  AssignPrivateIpAddressesRequest,
  AssignPrivateIpAddressesResult,
  UnassignPrivateIpAddressesRequest,
} from "@aws-sdk/client-ec2";
import { type Address, type Prefix, parseAddress, parsePrefix } from "../../../domain/address.ts";
import { Ec2Error, invalidCombination, invalidValue, required, requireWellFormed } from "../errors.ts";
import { requireLimit } from "../limits.ts";
import { assign, unassign } from "../mutations.ts";
import type { InterfaceRecord } from "../records.ts";
import type { World } from "../world.ts";
import { checkWish, pickWished, readAddresses, readPrefixes, requireFreePrefixes } from "./choose.ts";

/** EC2 API Reference, AssignPrivateIpAddresses. All or nothing. */
export function assignPrivateIpAddresses(
  world: World,
  input: AssignPrivateIpAddressesRequest,
): AssignPrivateIpAddressesResult {
  const record = manageable(world, input.NetworkInterfaceId);
  const space = world.space(record.subnetID);
  const wish = {
    addresses: input.PrivateIpAddresses,
    count: input.SecondaryPrivateIpAddressCount,
    prefixes: input.Ipv4Prefixes,
    prefixCount: input.Ipv4PrefixCount,
  };
  checkWish(wish);
  const named = readAddresses(space, input.PrivateIpAddresses ?? []);
  const namedPrefixes = readPrefixes(space, input.Ipv4Prefixes ?? []);
  const count = named.length + namedPrefixes.length + (wish.count ?? 0) + (wish.prefixCount ?? 0);
  if (count === 0) {
    throw invalidCombination(
      "Either private IP addresses, IPv4 prefixes, or a count of them must be specified",
    );
  }

  // What the interface already has is left as it is: scripts repeat the call after a restart (the answer is unverified).
  const fresh = named.filter((address) => record.primary !== address && !record.secondary.includes(address));
  const freshPrefixes = namedPrefixes.filter((prefix) => !record.prefixes.includes(prefix));
  requireLimit(
    world,
    record,
    count - named.length + fresh.length - namedPrefixes.length + freshPrefixes.length,
  );
  requireFreePrefixes(space, freshPrefixes);
  const moves = fresh.filter((address) => space.ownerOf(address) !== undefined);
  requireMovable(world, record, moves, input.AllowReassignment ?? false);
  const picked = pickWished(space, wish, world.options.random);

  for (const address of moves) unassign(world, space.ownerOf(address) as string, [address], []);
  const addresses = [...fresh, ...picked.addresses];
  const prefixes = [...freshPrefixes, ...picked.prefixes];
  assign(world, record.id, addresses, prefixes);
  return {
    NetworkInterfaceId: record.id,
    AssignedPrivateIpAddresses: [...named, ...picked.addresses].map((address) => ({
      PrivateIpAddress: address,
    })),
    AssignedIpv4Prefixes: [...namedPrefixes, ...picked.prefixes].map((prefix) => ({ Ipv4Prefix: prefix })),
  };
}

/**
 * EC2 API Reference, UnassignPrivateIpAddresses. Refused whole, with nothing done, where one address isn't a secondary
 * one of this interface: "Some of the specified addresses are not assigned to interface" is handled as "already
 * unassigned" by other CNIs and by Netflix/titus-executor `vpc/service/unassign.go`.
 */
export function unassignPrivateIpAddresses(world: World, input: UnassignPrivateIpAddressesRequest): void {
  const record = manageable(world, input.NetworkInterfaceId);
  const texts = input.PrivateIpAddresses ?? [];
  const prefixTexts = input.Ipv4Prefixes ?? [];
  if (texts.length + prefixTexts.length === 0) {
    throw new Ec2Error(
      "MissingParameter",
      "The request must contain the parameter privateIpAddresses or ipv4Prefixes",
    );
  }
  const addresses = texts.map((text) => {
    const address = parseAddress(text);
    if (address === undefined) throw invalidValue(`invalid value for parameter address: ${text}`);
    return address;
  });
  // That a primary is refused is documented ("secondary private IP addresses … from a network interface"); the message is unverified.
  if (addresses.includes(record.primary)) {
    throw invalidValue(
      `The primary IP address ${record.primary} of interface ${record.id} cannot be unassigned`,
    );
  }
  const prefixes = prefixTexts.map((text) => parsePrefix(text));
  const isAssigned =
    addresses.every((address) => record.secondary.includes(address)) &&
    prefixes.every((prefix) => prefix !== undefined && record.prefixes.includes(prefix));
  if (!isAssigned)
    throw invalidValue(`Some of the specified addresses are not assigned to interface ${record.id}`);
  unassign(world, record.id, [...new Set<Address>(addresses)], [...new Set(prefixes as Prefix[])]);
}

/**
 * The interface, if its owner may change its addresses. EC2 User Guide, "Requester-managed network interfaces": you
 * can't modify them. The code for interfaces that another account attached is that of recorded detach attempts
 * (AuthFailure); for address calls it is unverified.
 */
function manageable(world: World, id: string | undefined): InterfaceRecord {
  const interfaceID = required(id, "networkInterfaceId");
  requireWellFormed("interface", [interfaceID]);
  const record = world.interface(interfaceID);
  if (record.requesterManaged || isAttachedElsewhere(record)) {
    throw new Ec2Error("AuthFailure", "You do not have permission to access the specified resource.");
  }
  return record;
}

function isAttachedElsewhere({ attachment }: InterfaceRecord): boolean {
  return attachment !== undefined && attachment.instanceID === undefined;
}

/**
 * "[10.0.0.5] assigned, but move is not allowed." with InvalidParameterValue is recorded in ansible's `ec2_eni`
 * documentation. That a primary or a prefix member doesn't move even with AllowReassignment is documented
 * ("secondary"); code and message for it are unverified.
 */
function requireMovable(
  world: World,
  record: InterfaceRecord,
  moves: readonly Address[],
  allowReassignment: boolean,
): void {
  const fixed = moves.filter((address) => {
    const owner = world.interfaces.get(world.space(record.subnetID).ownerOf(address) ?? "");
    return !allowReassignment || !owner?.secondary.includes(address) || owner.requesterManaged;
  });
  if (fixed.length > 0) throw invalidValue(`[${fixed.join(", ")}] assigned, but move is not allowed.`);
}
