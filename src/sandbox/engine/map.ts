import { type Address, addressOf, addressValue, prefixMembers } from "../../domain/address.ts";
import type { AddressState, SubnetMap } from "./report.ts";
import type { Need, Truth } from "./truth.ts";
import type { World } from "./world.ts";

const STATE_OF: Readonly<Record<Need, AddressState>> = {
  sandbox: "in-use",
  pool: "pool",
  cooling: "pool",
  retained: "kept",
  "opt-out": "kept",
  "unknown-shape": "kept",
  foreign: "foreign",
};

/** What every address of a subnet is at this moment, by the truth. */
export function mapSubnet(world: World, subnet: string, cidr: string): SubnetMap {
  const states = new Map<Address, AddressState>();
  for (const item of world.ec2.snapshot()) {
    if (item.subnetID !== subnet) continue;
    const isOrphan = world.truth.isOrphan(item.id);
    const isManaged = world.truth.nodeOf(item.id) !== undefined;
    states.set(item.primary, isOrphan ? "leaked" : "primary");
    for (const address of item.secondary) {
      states.set(address, stateOf(world.truth, address, item.id, isManaged));
    }
    for (const members of item.prefixes.map(prefixMembers)) {
      // A prefix goes back whole or not at all: who needs one member keeps the others.
      const isNeeded = members.some((address) => world.truth.needOf(address, item.id) !== undefined);
      for (const address of members) {
        const state = stateOf(world.truth, address, item.id, isManaged);
        states.set(address, isNeeded && state === "leaked" ? "kept" : state);
      }
    }
  }
  const [base = "", length = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(length));
  const first = addressValue(base) ?? 0;
  return {
    subnet,
    cidr,
    states: Array.from({ length: size }, (_, offset) => {
      const isAws = offset < 4 || offset === size - 1;
      return states.get(addressOf(first + offset)) ?? (isAws ? "aws" : "free");
    }),
  };
}

function stateOf(truth: Truth, address: Address, interfaceID: string, isManaged: boolean): AddressState {
  const need = truth.needOf(address, interfaceID);
  if (need !== undefined) return STATE_OF[need];
  return isManaged ? "leaked" : "other";
}
