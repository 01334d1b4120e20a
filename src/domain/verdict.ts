import type { Address, Prefix } from "./address.ts";
import type { Cause } from "./objects/vpcip.ts";

/** Why an address is kept. The words are the same online, offline and in reports. */
export const KEEP_REASONS = {
  // the interface
  primary: "it is the primary address of its interface",
  "interface-type": "its interface is not a plain one (load balancer, NAT gateway, endpoint, …)",
  "requester-managed": "its interface is managed by an AWS service",
  "opt-out": "a tag or annotation says keep",
  "foreign-node": "its node has no NodeENIConfig: another CNI allocates there and honours no lease",
  "not-ours": "nothing shows that its interface belongs to this cluster",
  "other-cluster": "its interface is tagged for another cluster",
  "instance-stopped": "its instance is stopped and may resume with its Pods",
  "interface-in-transition": "its interface is being attached or detached",
  "instance-alive": "its instance still lives",
  // the address
  claimed: "a VpcIP claims it for a Pod that lives",
  "in-use": "the allocator reports a live sandbox that has it",
  pool: "it is in its node's pool",
  cooling: "it is cooling before reuse",
  refill: "a refill of its interface is open",
  retained: "a static claim retains it",
  "pod-status": "a Pod's status shows it",
  attaching: "its VpcIP is being set up",
  "prefix-member": "another member of its prefix is kept",
  tombstone: "a late request for it could still arrive",
  // time
  "mark-young": "it was first seen leaked too short a while ago",
  unmarked: "it has no mark: it was not seen leaked before",
} as const;
export type KeepReason = keyof typeof KEEP_REASONS;

/** Why nothing can be said: such an address is kept, counted and reported. */
export const UNKNOWN_REASONS = {
  "interface-contradicts": "EC2's description of its interface contradicts itself",
  "interface-unknown-kind": "the description of its interface lacks its type or who manages it",
  "config-unreadable": "the NodeENIConfig of its node can't be read",
  "config-changed": "the NodeENIConfig of its node changed while the lists were read",
  "config-incomplete": "the NodeENIConfig of its node doesn't name its instance",
  "record-unreadable": "its VpcIP has a shape that this version doesn't know",
  "record-mismatch": "its VpcIP names another interface or instance",
  "claim-unreadable": "its claim can't be read",
  "claims-not-read": "the claims were not read",
  "records-not-read": "the VpcIPs were not read",
  "node-identity": "two NodeENIConfigs name its instance, or its Node names another one",
  "node-missing": "its Node object is gone while the instance runs",
  "report-missing": "its node's allocator has not reported since it last worked",
  "sandbox-unconfirmed":
    "an old report shows a live sandbox that has it, its Pod is gone, and nobody on its node has looked since",
  "instance-unknown": "EC2 doesn't tell the state of its instance",
  "instance-not-found-once": "its instance was not found, but not yet at two looks an hour apart",
} as const;
export type UnknownReason = keyof typeof UNKNOWN_REASONS;

/** What a judgement is about. */
export interface Subject {
  /** The address; for an interface its primary, for a record the VpcIP's name. */
  readonly address: Address;
  readonly interfaceID?: string;
  readonly node?: string;
  /** The prefix that it is a member of. */
  readonly prefix?: Prefix;
}

/** What must be shown, at the moment of release, before a leaked subject may go. */
export type Proof =
  /** The node's world is stopped and its allocator's report holds. */
  | "report"
  /** EC2 says now that the instance is terminated. */
  | "terminated"
  /** EC2 doesn't find the instance, at two looks an hour apart: the mark is the first. */
  | "not-found-twice"
  /** The node's world is stopped. Nothing in EC2 is touched. */
  | "lease";

/** What stops a release that the evidence would allow. */
export const HELD_BACK = {
  observe: "this node group is only observed",
  breaker: "the breaker has tripped: too large a share would be released",
  frozen: "a freeze is on",
} as const;
export type HeldBack = keyof typeof HELD_BACK;

/** What is decided, with its reason. Unknown means keep. */
export type Decision =
  | { readonly decision: "keep"; readonly reason: KeepReason; readonly detail?: string }
  | { readonly decision: "unknown"; readonly reason: UnknownReason; readonly detail?: string }
  /** Labels can't tell: it needs a look at whole objects. */
  | { readonly decision: "suspect" }
  /** Nothing accounts for it. */
  | {
      readonly decision: "leaked";
      readonly cause: Cause;
      /** `address`: Unassign; `interface`: delete the interface; `record`: EC2 has nothing, only the VpcIP is left over. */
      readonly gives: "address" | "interface" | "record";
      readonly needs: Proof;
      /**
       * A static claim retains the address beyond its dead instance: it leaves the interface, and its record goes on without a
       * place, for whoever serves the claim next.
       */
      readonly keepsClaim?: true;
      /** Why it isn't released although it is leaked. */
      readonly heldBack?: HeldBack;
      readonly detail?: string;
    };

/** What is decided of one subject. */
export type Verdict = Subject & Decision;

export type Leaked = Extract<Verdict, { decision: "leaked" }>;

export function isLeaked(verdict: Verdict): verdict is Leaked {
  return verdict.decision === "leaked";
}

/** The subject alone, for a second verdict about it. */
export function subjectOf({ address, interfaceID, node, prefix }: Subject): Subject {
  return {
    address,
    ...(interfaceID === undefined ? {} : { interfaceID }),
    ...(node === undefined ? {} : { node }),
    ...(prefix === undefined ? {} : { prefix }),
  };
}
