import { type Address, type Prefix, parseAddress, parsePrefix } from "../../../domain/address.ts";
import { Ec2Error, invalidCombination, invalidValue } from "../errors.ts";
import type { SubnetSpace } from "../subnet-space.ts";

/** What a request wants of a subnet: at most one of the two kinds, by name or by number. */
export interface Wish {
  readonly addresses?: readonly string[] | undefined;
  readonly count?: number | undefined;
  readonly prefixes?: readonly string[] | undefined;
  readonly prefixCount?: number | undefined;
}

export interface Chosen {
  readonly addresses: readonly Address[];
  readonly prefixes: readonly Prefix[];
}

/**
 * EC2 API Reference, AssignPrivateIpAddresses: addresses can't be given together with their number, nor prefixes with
 * theirs, nor either of the two kinds with the other.
 */
export function checkWish({ addresses = [], count, prefixes = [], prefixCount }: Wish): void {
  const given = [
    addresses.length > 0,
    count !== undefined,
    prefixes.length > 0,
    prefixCount !== undefined,
  ].filter(Boolean);
  if (given.length > 1) {
    throw invalidCombination(
      "Only one of private IP addresses, their count, IPv4 prefixes or their count may be specified",
    );
  }
  for (const number of [count, prefixCount]) {
    if (number !== undefined && !(Number.isInteger(number) && number > 0)) {
      throw invalidValue(`Value (${number}) for parameter secondary-addresses is invalid`);
    }
  }
}

/**
 * Picks by number, beside what the same request names. All or none; codes and messages as in
 * aws/amazon-vpc-cni-k8s and the EKS best practices guide ("Prefix mode").
 */
export function pickWished(
  space: SubnetSpace,
  wish: Wish,
  random: () => number,
  named: Chosen = { addresses: [], prefixes: [] },
): Chosen {
  return space.tentatively(() => {
    for (const address of named.addresses) space.take(address, "wished");
    requireFreePrefixes(space, named.prefixes);
    for (const prefix of named.prefixes) space.takePrefix(prefix, "wished");
    const prefixes = space.pickPrefixes(wish.prefixCount ?? 0, random);
    if (prefixes === undefined) throw insufficientCidrBlocks();
    for (const prefix of prefixes) space.takePrefix(prefix, "wished");
    const addresses = space.pick(wish.count ?? 0, random);
    if (addresses === undefined) {
      throw new Ec2Error(
        "InsufficientFreeAddressesInSubnet",
        "The specified subnet does not have enough free addresses to satisfy the request.",
      );
    }
    return { addresses, prefixes };
  });
}

/** "invalid value for parameter address: X" is recorded in hashicorp/terraform-provider-aws#23114. */
export function readAddresses(space: SubnetSpace, texts: readonly string[]): Address[] {
  const addresses = texts.map((text) => {
    const address = parseAddress(text);
    if (address === undefined) throw invalidValue(`invalid value for parameter address: ${text}`);
    // Both messages: ansible-collections/amazon.aws `ec2_eni`, and Eucalyptus' EC2 emulation.
    if (!space.contains(address))
      throw invalidValue("Address does not fall within the subnet's address range");
    if (space.isAwsOwn(address)) throw invalidValue("Address is in subnet's reserved address range");
    return address;
  });
  return [...new Set(addresses)];
}

/** That a prefix outside the subnet or not of /28 is InvalidParameterValue is unverified. */
export function readPrefixes(space: SubnetSpace, texts: readonly string[]): Prefix[] {
  const prefixes = texts.map((text) => {
    const prefix = parsePrefix(text);
    const first = prefix === undefined ? undefined : parseAddress(prefix.slice(0, prefix.indexOf("/")));
    if (prefix === undefined || first === undefined || !space.contains(first)) {
      throw invalidValue(`invalid value for parameter ipv4Prefix: ${text}`);
    }
    return prefix;
  });
  return [...new Set(prefixes)];
}

/** A named /28 with a used member. The code is that of a failed pick; that it is the same here is unverified. */
export function requireFreePrefixes(space: SubnetSpace, prefixes: readonly Prefix[]): void {
  if (!prefixes.every((prefix) => space.isPrefixFree(prefix))) throw insufficientCidrBlocks();
}

function insufficientCidrBlocks(): Ec2Error {
  return new Ec2Error(
    "InsufficientCidrBlocks",
    "The specified subnet does not have enough free cidr blocks to satisfy the request",
  );
}
