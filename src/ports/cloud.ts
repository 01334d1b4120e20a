import type { Address, Prefix } from "../domain/address.ts";
import type { InstanceState, NetworkInterface } from "../domain/evidence.ts";

/**
 * What can be read of the cloud. It can't release anything. A list is complete or it is an error: a page that failed
 * gives {@link CloudError}, never a part.
 */
export interface CloudReader {
  /** All interfaces of the VPC (EC2 DescribeNetworkInterfaces, pages of 1,000). */
  listInterfaces(): Promise<readonly NetworkInterface[]>;
  /** The interfaces attached to one instance. */
  interfacesOfInstance(instanceID: string): Promise<readonly NetworkInterface[]>;
  /** Those of the named interfaces that exist. */
  interfacesByID(ids: readonly string[]): Promise<readonly NetworkInterface[]>;
  /** The detached interfaces whose tag `vpcip.dev/instance-id` names the instance. */
  detachedInterfacesOf(instanceID: string): Promise<readonly NetworkInterface[]>;
  /** State of each instance asked for; `not-found` where EC2 doesn't know it. */
  instanceStates(instanceIDs: readonly string[]): Promise<ReadonlyMap<string, InstanceState>>;
}

/** What gives addresses and interfaces back. Each call sends at most one request: there is no retry. */
export interface CloudReleaser {
  /** EC2 UnassignPrivateIpAddresses of the addresses, or of the prefixes, of one interface. */
  unassign(request: UnassignRequest): Promise<ReleaseAnswer>;
  /** EC2 DeleteNetworkInterface. */
  deleteInterface(request: DeleteInterfaceRequest): Promise<ReleaseAnswer>;
}

/** A fence in own time: the request isn't sent unless it is signed and can be over before this (milliseconds since the epoch). */
export interface Fenced {
  readonly notAfter: number;
}

export interface UnassignRequest extends Fenced {
  readonly interfaceID: string;
  readonly addresses: readonly Address[];
  readonly prefixes: readonly Prefix[];
}

export interface DeleteInterfaceRequest extends Fenced {
  readonly interfaceID: string;
}

/** What became of one request that releases. */
export type ReleaseAnswer =
  /** EC2 did it and said so. */
  | { readonly kind: "done"; readonly requestID?: string }
  /** EC2 did nothing and said so: e.g. an address isn't assigned to the interface, or the interface is attached. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string; readonly requestID?: string }
  /** EC2 did nothing because the interface isn't there. */
  | { readonly kind: "gone"; readonly code: string; readonly requestID?: string }
  /** EC2 did nothing because of too many calls (RequestLimitExceeded): the run stops and goes on later. */
  | { readonly kind: "throttled"; readonly code: string }
  /** EC2 did nothing because we may not (UnauthorizedOperation and the like). */
  | { readonly kind: "forbidden"; readonly code: string; readonly message: string }
  /** The request never left: the deadline was too near, our clock is too far from EC2's, or no connection came about. */
  | {
      readonly kind: "not-sent";
      readonly why: "deadline" | "clock-skew" | "unreachable";
      readonly cause?: unknown;
    }
  /** Sent, and no clear answer: it may have happened, or may yet happen. */
  | { readonly kind: "unclear"; readonly cause: unknown };

/**
 * How many calls of an action may be made without starving the nodes' share of EC2's token buckets. Tokens are taken
 * before the world is stopped, so that nothing waits while it is.
 */
export interface CloudBudget {
  /** Waits, in own time, until so many calls of each action are ours. */
  reserve(calls: Readonly<Partial<Record<CloudAction, number>>>): Promise<void>;
}

export type CloudAction =
  | "DescribeNetworkInterfaces"
  | "DescribeInstances"
  | "UnassignPrivateIpAddresses"
  | "DeleteNetworkInterface";

/** Why the cloud could not be read. `throttled` stops the run and queues it again. */
export class CloudError extends Error {
  override readonly name = "CloudError";
  readonly kind: "throttled" | "forbidden" | "unreachable" | "unreadable" | "refused";
  constructor(kind: CloudError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
