import { type Address, prefixMembers } from "../../domain/address.ts";
import type { Change, Ec2 } from "../ec2/index.ts";

/** Who truly needs an address, or why it must stay. */
export type Need = "sandbox" | "pool" | "cooling" | "retained" | "opt-out" | "foreign" | "unknown-shape";

/** An address given back although somebody needed it. */
export interface WrongRelease {
  readonly address: Address;
  readonly interface: string;
  readonly need: Need;
}

/** Something that nobody needs and that is still there. */
export interface Leak {
  readonly address: string;
  readonly interface: string;
  readonly what: "address" | "interface" | "object";
}

/**
 * What the simulated world truly is: which sandbox, pool or person needs which address on which interface. The reclaimer
 * never sees it. It is kept by those who use addresses (kubelets, allocators, scenarios), at the instant of use.
 */
export class Truth {
  readonly wronglyReleased: WrongRelease[] = [];
  readonly #needs = new Map<string, Need>();
  /** Interfaces of which every secondary address is somebody's or leaked, and on which node they are. */
  readonly #managed = new Map<string, string>();
  readonly #orphans = new Set<string>();
  readonly #heldBack = new Map<string, string>();
  readonly #leftOvers: { readonly name: string; readonly isThere: () => boolean }[] = [];
  readonly #ec2: Ec2;
  readonly #reclaimer: string;

  /** @param reclaimer the access key ID of the functions: only what they release can be wrong */
  constructor(ec2: Ec2, reclaimer: string) {
    this.#ec2 = ec2;
    this.#reclaimer = reclaimer;
    ec2.onChange((change) => this.#watch(change));
  }

  need(address: Address, interfaceID: string, need: Need): void {
    this.#needs.set(keyOf(address, interfaceID), need);
  }

  forget(address: Address, interfaceID: string): void {
    this.#needs.delete(keyOf(address, interfaceID));
  }

  needOf(address: Address, interfaceID: string): Need | undefined {
    return this.#needs.get(keyOf(address, interfaceID));
  }

  /** From now on every secondary address of this interface that nobody needs is a leak. */
  manage(interfaceID: string, node: string): void {
    this.#managed.set(interfaceID, node);
  }

  /** Nobody needs this detached interface. */
  orphan(interfaceID: string, node: string): void {
    this.#orphans.add(interfaceID);
    this.#managed.set(interfaceID, node);
  }

  /** An object that nobody needs: a leak for as long as it is there. */
  leftOver(name: string, isThere: () => boolean): void {
    this.#leftOvers.push({ name, isThere });
  }

  /** Scenarios say what rightly holds a leak back: a mode, a breaker, a freeze, somebody else's CNI. */
  holdBack(subject: string, reason: string): void {
    this.#heldBack.set(subject, reason);
  }

  heldBackBy(leak: Leak): string | undefined {
    return this.#heldBack.get(leak.address) ?? this.#heldBack.get(leak.interface) ?? this.#heldBack.get("*");
  }

  nodeOf(interfaceID: string): string | undefined {
    return this.#managed.get(interfaceID);
  }

  isOrphan(interfaceID: string): boolean {
    return this.#orphans.has(interfaceID);
  }

  /** Everything that is leaked now. */
  leaks(): readonly Leak[] {
    const leaks: Leak[] = [];
    for (const { name, isThere } of this.#leftOvers) {
      if (isThere()) leaks.push({ address: name, interface: "", what: "object" });
    }
    for (const item of this.#ec2.snapshot()) {
      if (!this.#managed.has(item.id)) continue;
      if (this.#orphans.has(item.id)) {
        leaks.push({ address: item.primary, interface: item.id, what: "interface" });
        continue;
      }
      for (const address of item.secondary) {
        if (this.needOf(address, item.id) === undefined) {
          leaks.push({ address, interface: item.id, what: "address" });
        }
      }
      for (const prefix of item.prefixes) {
        const members = prefixMembers(prefix);
        if (members.every((address) => this.needOf(address, item.id) === undefined)) {
          leaks.push(...members.map((address): Leak => ({ address, interface: item.id, what: "address" })));
        }
      }
    }
    return leaks;
  }

  #watch(change: Change): void {
    if (change.by !== this.#reclaimer) return;
    switch (change.kind) {
      case "addressUnassigned":
        this.#released(change.address, change.interfaceID);
        return;
      case "prefixUnassigned":
        for (const address of prefixMembers(change.prefix)) this.#released(address, change.interfaceID);
        return;
      case "interfaceDeleted":
        for (const [key, need] of this.#needs) {
          const [address, interfaceID] = key.split(" ") as [Address, string];
          if (interfaceID === change.interfaceID) {
            this.wronglyReleased.push({ address, interface: interfaceID, need });
          }
        }
        return;
      default:
        return;
    }
  }

  #released(address: Address, interfaceID: string): void {
    const need = this.needOf(address, interfaceID);
    if (need !== undefined) this.wronglyReleased.push({ address, interface: interfaceID, need });
  }
}

const keyOf = (address: Address, interfaceID: string): string => `${address} ${interfaceID}`;
