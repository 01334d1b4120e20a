import type { Address, Prefix } from "../../domain/address.ts";

/**
 * What the simulated EC2 knows. Records are values: a change makes a new one, so that an older state can still be
 * described (`Table`), and so that what was once rendered need not be rendered again.
 */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

export type AttachmentStatus = "attaching" | "attached" | "detaching";

export interface AttachmentRecord {
  readonly id: string;
  /** Absent where the instance is not in the describing account: EKS control plane, load balancers, NAT gateways. */
  readonly instanceID?: string;
  readonly instanceOwnerID: string;
  readonly deviceIndex: number;
  readonly networkCardIndex?: number;
  readonly status: AttachmentStatus;
  /** Epoch milliseconds; absent where the service doesn't tell it (interfaces of NAT gateways and endpoints). */
  readonly attachTime?: number;
  readonly deleteOnTermination: boolean;
}

/** The statuses that DescribeNetworkInterfaces shows. `associated` is used by none of the supported actions. */
export type InterfaceStatus = "available" | "attaching" | "in-use" | "detaching";

export interface InterfaceRecord {
  readonly id: string;
  /** Grows with each created interface: the order of lists and the position in a page token. */
  readonly sequence: number;
  readonly subnetID: string;
  readonly vpcID: string;
  readonly zone: string;
  readonly ownerID: string;
  readonly requesterID?: string;
  readonly requesterManaged: boolean;
  /** As on the wire: `interface`, `efa`, `nat_gateway`, `lambda`, `vpc_endpoint`, `transit_gateway`, … */
  readonly interfaceType: string;
  readonly description: string;
  readonly macAddress: string;
  readonly groups: readonly string[];
  readonly sourceDestCheck: boolean;
  readonly status: InterfaceStatus;
  readonly attachment?: AttachmentRecord;
  readonly tags: readonly Tag[];
  readonly primary: Address;
  readonly secondary: readonly Address[];
  readonly prefixes: readonly Prefix[];
}

export type InstanceState = "pending" | "running" | "stopping" | "stopped" | "shutting-down" | "terminated";

export interface InstanceRecord {
  readonly id: string;
  readonly sequence: number;
  readonly instanceType: string;
  readonly subnetID: string;
  readonly vpcID: string;
  readonly zone: string;
  readonly state: InstanceState;
  /** Epoch milliseconds. */
  readonly launchTime: number;
  readonly privateIpAddress?: Address;
  readonly tags: readonly Tag[];
}

export interface SubnetRecord {
  readonly id: string;
  readonly sequence: number;
  readonly vpcID: string;
  readonly zone: string;
  readonly cidr: string;
  readonly tags: readonly Tag[];
}

/** One change, told at the instant of its effect. `by` is the caller (access key ID), absent for time and scenarios. */
export type Change = { readonly time: number; readonly by?: string } & ChangeDetail;

export type ChangeDetail =
  | {
      readonly kind: "addressAssigned" | "addressUnassigned";
      readonly address: Address;
      readonly interfaceID: string;
      readonly primary: boolean;
    }
  | {
      readonly kind: "prefixAssigned" | "prefixUnassigned";
      readonly prefix: Prefix;
      readonly interfaceID: string;
    }
  | { readonly kind: "interfaceCreated" | "interfaceDeleted"; readonly interfaceID: string }
  | {
      readonly kind: "interfaceAttached" | "interfaceDetached";
      readonly interfaceID: string;
      readonly instanceID: string;
    }
  | {
      readonly kind: "instanceStateChanged";
      readonly instanceID: string;
      readonly from: InstanceState | undefined;
      readonly to: InstanceState;
    };
