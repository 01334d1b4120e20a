import { type Address, prefixMembers } from "../address.ts";
import type { NetworkInterface } from "../evidence.ts";
import type { InterfaceKind } from "./kind.ts";

/** How the addresses of one interface are used, as far as Pods' statuses tell. */
export interface InterfaceUse {
  readonly face: NetworkInterface;
  readonly kind: InterfaceKind;
  readonly node?: string;
  readonly group?: string;
  /** Secondary addresses, and those of them that a live Pod's status shows. */
  readonly addresses: number;
  readonly addressesInUse: number;
  readonly prefixes: readonly PrefixUse[];
}

export interface PrefixUse {
  readonly prefix: string;
  readonly inUse: number;
}

/** Sums of interface uses: of a node, a group, a subnet. */
export interface UseTotals {
  readonly interfaces: number;
  /** Secondary addresses and members of prefixes. */
  readonly addresses: number;
  readonly inUse: number;
  /** Warm or leaked: from outside nobody can tell which. */
  readonly idle: number;
  readonly prefixes: PrefixTotals;
}

export interface PrefixTotals {
  readonly count: number;
  readonly total: number;
  readonly used: number;
  /** Prefixes without any member in use. */
  readonly empty: number;
  /** Prefixes some of whose members are in use, and not all. */
  readonly partial: number;
  /** So few prefixes could hold what is in use: the difference to `count - empty` is fragmentation. */
  readonly needed: number;
}

export const PREFIX_SIZE = 16;

export function useOf(
  face: NetworkInterface,
  kind: InterfaceKind,
  inUse: (address: Address) => boolean,
): Omit<InterfaceUse, "node" | "group"> {
  return {
    face,
    kind,
    addresses: face.addresses.length,
    addressesInUse: face.addresses.filter(inUse).length,
    prefixes: face.prefixes.map((prefix) => ({ prefix, inUse: prefixMembers(prefix).filter(inUse).length })),
  };
}

export function totalsOf(uses: readonly InterfaceUse[]): UseTotals {
  const prefixes = uses.flatMap((use) => use.prefixes);
  const used = sum(prefixes.map((prefix) => prefix.inUse));
  const total = prefixes.length * PREFIX_SIZE;
  const addresses = sum(uses.map((use) => use.addresses)) + total;
  const inUse = sum(uses.map((use) => use.addressesInUse)) + used;
  return {
    interfaces: uses.length,
    addresses,
    inUse,
    idle: addresses - inUse,
    prefixes: {
      count: prefixes.length,
      total,
      used,
      empty: prefixes.filter((prefix) => prefix.inUse === 0).length,
      partial: prefixes.filter((prefix) => prefix.inUse > 0 && prefix.inUse < PREFIX_SIZE).length,
      needed: Math.ceil(used / PREFIX_SIZE),
    },
  };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
