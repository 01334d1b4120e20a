import type { Address, Prefix } from "../../domain/address.ts";
import { ACTIONS, type ActionName, type Input, type Output } from "./actions/table.ts";
import { CallCounts } from "./call-counts.ts";
import { Ec2Error } from "./errors.ts";
import type { Change, InstanceState, InterfaceStatus } from "./records.ts";
import { Seed } from "./seed.ts";
import { type Bucket, Throttle } from "./throttle.ts";
import { type Timings, World } from "./world.ts";

export interface Ec2Options {
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Seeded; numbers from 0 up to, not including, 1. */
  readonly random: () => number;
  readonly accountID?: string;
  readonly region?: string;
  /** Milliseconds; what is left out happens at once, except that a terminated instance is seen for an hour. */
  readonly timings?: Partial<Timings>;
  /** The documented buckets, those with some replaced by action, or none at all. Default: the documented ones. */
  readonly throttling?: boolean | Readonly<Record<string, Bucket>>;
}

/** One interface as it truly is at this moment. */
export interface TrueInterface {
  readonly id: string;
  readonly subnetID: string;
  readonly interfaceType: string;
  readonly status: InterfaceStatus;
  readonly instanceID?: string;
  readonly primary: Address;
  readonly secondary: readonly Address[];
  readonly prefixes: readonly Prefix[];
}

/** What each transition takes in a real Region, roughly (unverified; an order of magnitude). */
export const REALISTIC_TIMINGS: Timings = {
  attaching: 2_000,
  detaching: 5_000,
  pending: 15_000,
  stopping: 30_000,
  shuttingDown: 30_000,
  terminatedVisible: 3_600_000,
};

const AT_ONCE: Timings = {
  attaching: 0,
  detaching: 0,
  pending: 0,
  stopping: 0,
  shuttingDown: 0,
  terminatedVisible: 3_600_000,
};

/**
 * EC2's memory and rules, for one account in one Region: subnets, instances, interfaces and who has which address.
 * Synchronous; time and randomness are arguments, so the same seed and clock give the same answers.
 */
export class Ec2 {
  readonly calls = new CallCounts();
  /** Lays scenarios: no limits, no throttling, no lag. */
  readonly seed: Seed;
  /** Pages get shorter than asked for, even empty, as EC2's may. */
  shortPages = false;
  readonly #world: World;
  readonly #throttle: Throttle | undefined;
  readonly #random: () => number;

  constructor(options: Ec2Options) {
    this.#random = options.random;
    this.#world = new World({
      clock: options.clock,
      random: options.random,
      accountID: options.accountID ?? "123456789012",
      region: options.region ?? "eu-west-1",
      timings: { ...AT_ONCE, ...options.timings },
    });
    this.seed = new Seed(this.#world);
    const { throttling = true } = options;
    this.#throttle =
      throttling === false ? undefined : new Throttle(options.clock, throttling === true ? {} : throttling);
  }

  /**
   * One request. `caller` (an access key ID) is whose it is in counts and changes. Throws Ec2Error.
   *
   * DryRun is answered after throttling and before anything else is looked at: it asks about permissions only, and
   * the simulator gives them to everyone (status 412, as recorded by botocore users and moto).
   */
  call<A extends ActionName>(action: A, input: Input<A>, caller?: string): Output<A> {
    this.settle();
    this.calls.add(action, caller);
    this.#world.caller = caller;
    try {
      this.#throttle?.admit({ action, isUnfiltered: isUnfiltered(input), resources: resourceCount(input) });
      if ("DryRun" in input && input.DryRun === true) {
        throw new Ec2Error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
      }
      return ACTIONS[action](this.#world, input, this.shortPages ? this.#random() : 1);
    } catch (error) {
      if (error instanceof Ec2Error) this.calls.addError(action, error.code);
      throw error;
    } finally {
      this.#world.caller = undefined;
    }
  }

  /** Tells each change at the instant of its effect, in order, before the call that made it returns. */
  onChange(listener: (change: Change) => void): void {
    this.#world.listeners.push(listener);
  }

  /** From now on Describe calls (DescribeSubnets apart) show the state of this many milliseconds ago. */
  setDescribeLag(milliseconds: number): void {
    this.#world.describeLagMilliseconds = milliseconds;
  }

  /** Runs transitions that are due by the clock; every call does so first. */
  settle(): void {
    this.#world.settle();
  }

  /** When the next transition (attached, stopped, terminated, vanished) is due. */
  nextTransitionAt(): number | undefined {
    return this.#world.nextTransitionAt();
  }

  /** The truth, never lagged: every interface with all it has. */
  snapshot(): TrueInterface[] {
    this.settle();
    return Array.from(this.#world.interfaces.values(), (record) => {
      const instanceID = record.attachment?.instanceID;
      return {
        id: record.id,
        subnetID: record.subnetID,
        interfaceType: record.interfaceType,
        status: record.status,
        ...(instanceID === undefined ? {} : { instanceID }),
        primary: record.primary,
        secondary: record.secondary,
        prefixes: record.prefixes,
      };
    });
  }

  /** Tags and VPC of an interface as they are now; undefined where there is none. */
  placeOf(
    interfaceID: string,
  ): { readonly vpcID: string; readonly tags: ReadonlyMap<string, string> } | undefined {
    const record = this.#world.interfaces.get(interfaceID);
    if (record === undefined) return undefined;
    return { vpcID: record.vpcID, tags: new Map(record.tags.map(({ key, value }) => [key, value])) };
  }

  /** The interface that truly has an address now, alone or in a prefix. */
  ownerOf(subnetID: string, address: Address): string | undefined {
    const owner = this.#world.space(subnetID).ownerOf(address);
    return owner === "aws" ? undefined : owner;
  }

  instanceState(instanceID: string): InstanceState | undefined {
    this.settle();
    return this.#world.instances.get(instanceID)?.state;
  }

  /** Free addresses and free whole /28 blocks of a subnet. */
  free(subnetID: string): { readonly addresses: number; readonly prefixes: number } {
    const space = this.#world.space(subnetID);
    return { addresses: space.free, prefixes: space.freePrefixes };
  }
}

const NARROWING_KEYS = ["Filters", "MaxResults", "NextToken", "NetworkInterfaceIds", "InstanceIds"];

function isUnfiltered(input: object): boolean {
  return Object.entries(input).every(
    ([key, value]) =>
      !NARROWING_KEYS.includes(key) || value === undefined || (Array.isArray(value) && value.length === 0),
  );
}

function resourceCount(input: object): number {
  return "InstanceIds" in input && Array.isArray(input.InstanceIds) ? input.InstanceIds.length : 1;
}
