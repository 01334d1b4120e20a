import { type Address, addressOf, addressValue, type Prefix } from "../../domain/address.ts";

const PREFIX_SIZE = 16;
const RANDOM_PROBES = 8;

/** How a range of a subnet is set apart (VPC User Guide, "Subnet CIDR reservations"). */
export type ReservationType = "prefix" | "explicit";

/**
 * The addresses of one subnet and who has each of them.
 *
 * The first four and the last address belong to AWS (VPC User Guide, "Subnet CIDR blocks"). A subnet is a /16 to a
 * /28, so it always consists of whole /28 blocks.
 */
export class SubnetSpace {
  readonly base: number;
  readonly size: number;
  readonly #owners: (string | undefined)[];
  readonly #usedInBlock: Uint8Array;
  readonly #reserved = new Map<number, ReservationType>();
  #free: number;
  /** What was taken since `tentatively` began. */
  #taken: number[] | undefined;

  constructor(cidr: string) {
    const [address = "", length = ""] = cidr.split("/");
    const base = addressValue(address);
    const bits = Number(length);
    if (base === undefined || !(bits >= 16 && bits <= 28) || base % 2 ** (32 - bits) !== 0) {
      throw new RangeError(`not the CIDR block of a subnet (/16 to /28): ${cidr}`);
    }
    this.base = base;
    this.size = 2 ** (32 - bits);
    this.#owners = new Array(this.size).fill(undefined);
    this.#usedInBlock = new Uint8Array(this.size / PREFIX_SIZE);
    this.#free = this.size;
    for (const offset of [0, 1, 2, 3, this.size - 1]) this.#take(offset, "aws");
  }

  /** Free addresses, whether set apart or not (whether EC2's count leaves reservations out is unverified). */
  get free(): number {
    return this.#free;
  }

  /** Free whole /28 blocks. */
  get freePrefixes(): number {
    return this.#usedInBlock.reduce((count, used) => count + (used === 0 ? 1 : 0), 0);
  }

  contains(address: Address): boolean {
    const offset = this.#offset(address);
    return offset >= 0 && offset < this.size;
  }

  /** Whether AWS keeps the address for itself. */
  isAwsOwn(address: Address): boolean {
    const offset = this.#offset(address);
    return offset < 4 || offset === this.size - 1;
  }

  /** The interface that has the address, alone or as a member of a prefix. */
  ownerOf(address: Address): string | undefined {
    return this.#owners[this.#offset(address)];
  }

  reserve(cidr: string, type: ReservationType): void {
    const [address = "", length = ""] = cidr.split("/");
    const start = this.#offset(address as Address);
    for (let offset = start; offset < start + 2 ** (32 - Number(length)); offset++)
      this.#reserved.set(offset, type);
  }

  take(address: Address, owner: string): void {
    this.#take(this.#offset(address), owner);
  }

  give(address: Address): void {
    this.#give(this.#offset(address));
  }

  takePrefix(prefix: Prefix, owner: string): void {
    const start = this.#prefixOffset(prefix);
    for (let offset = start; offset < start + PREFIX_SIZE; offset++) this.#take(offset, owner);
  }

  givePrefix(prefix: Prefix): void {
    const start = this.#prefixOffset(prefix);
    for (let offset = start; offset < start + PREFIX_SIZE; offset++) this.#give(offset);
  }

  /** Runs something and then gives back whatever it took. */
  tentatively<T>(run: () => T): T {
    this.#taken = [];
    try {
      return run();
    } finally {
      const taken = this.#taken;
      this.#taken = undefined;
      for (const offset of taken) this.#give(offset);
    }
  }

  isPrefixFree(prefix: Prefix): boolean {
    return this.#usedInBlock[this.#prefixOffset(prefix) / PREFIX_SIZE] === 0;
  }

  /** As many free addresses as asked for, or undefined: all or none. Ranges set apart are not handed out. */
  pick(count: number, random: () => number): Address[] | undefined {
    if (count > this.#free) return undefined;
    const picked = new Set<number>();
    while (picked.size < count) {
      const offset = this.#pickOne(random, picked);
      if (offset === undefined) return undefined;
      picked.add(offset);
    }
    return Array.from(picked, (offset) => addressOf(this.base + offset));
  }

  /** As many free /28 blocks as asked for, or undefined; those set apart for prefixes first. */
  pickPrefixes(count: number, random: () => number): Prefix[] | undefined {
    const blocks = this.#usedInBlock.length;
    const start = Math.floor(random() * blocks);
    const apart: number[] = [];
    const open: number[] = [];
    for (let step = 0; step < blocks && apart.length < count; step++) {
      const block = (start + step) % blocks;
      if (this.#usedInBlock[block] !== 0) continue;
      const reservation = this.#reserved.get(block * PREFIX_SIZE);
      if (reservation === "prefix") apart.push(block);
      else if (reservation === undefined) open.push(block);
    }
    const chosen = [...apart, ...open].slice(0, count);
    if (chosen.length < count) return undefined;
    return chosen.map((block) => `${addressOf(this.base + block * PREFIX_SIZE)}/28` as Prefix);
  }

  #pickOne(random: () => number, picked: ReadonlySet<number>): number | undefined {
    const isOpen = (offset: number) =>
      this.#owners[offset] === undefined && !picked.has(offset) && !this.#reserved.has(offset);
    for (let probe = 0; probe < RANDOM_PROBES; probe++) {
      const offset = Math.floor(random() * this.size);
      if (isOpen(offset)) return offset;
    }
    const start = Math.floor(random() * this.size);
    for (let step = 0; step < this.size; step++) {
      const offset = (start + step) % this.size;
      if (isOpen(offset)) return offset;
    }
    return undefined;
  }

  #offset(address: Address): number {
    return (addressValue(address) ?? -1) - this.base;
  }

  #prefixOffset(prefix: Prefix): number {
    return this.#offset(prefix.slice(0, prefix.indexOf("/")) as Address);
  }

  #take(offset: number, owner: string): void {
    if (this.#owners[offset] !== undefined)
      throw new Error(`address ${addressOf(this.base + offset)} is taken`);
    this.#owners[offset] = owner;
    this.#taken?.push(offset);
    this.#usedInBlock[offset >>> 4] = (this.#usedInBlock[offset >>> 4] ?? 0) + 1;
    this.#free--;
  }

  #give(offset: number): void {
    if (this.#owners[offset] === undefined)
      throw new Error(`address ${addressOf(this.base + offset)} is free`);
    this.#owners[offset] = undefined;
    this.#usedInBlock[offset >>> 4] = (this.#usedInBlock[offset >>> 4] ?? 1) - 1;
    this.#free++;
  }
}
