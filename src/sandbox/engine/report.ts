/** What a run shows, as one JSON document. Lists are sorted by address value, so that runs can be compared. */
export interface RunReport {
  readonly scenario: string;
  readonly seed: number;
  /** How many the scenario has when the functions start. */
  readonly interfaces: number;
  readonly addresses: number;
  readonly released: readonly ReleasedAddress[];
  readonly kept: readonly KeptAddress[];
  readonly orphansDeleted: readonly {
    readonly interface: string;
    readonly node: string;
    readonly reason: string;
  }[];
  /** Records of addresses that EC2 has nowhere: dropped without touching EC2. */
  readonly recordsDropped: readonly {
    readonly address: string;
    readonly node: string;
    readonly cause: string;
  }[];
  readonly unknown: readonly KeptAddress[];
  /** Leaks that a mode, a breaker, a freeze or somebody else's CNI rightly holds back. */
  readonly heldBack: readonly {
    readonly address: string;
    readonly interface: string;
    readonly reason: string;
  }[];
  readonly wronglyReleased: readonly {
    readonly address: string;
    readonly interface: string;
    readonly need: string;
  }[];
  readonly stillLeaked: readonly {
    readonly address: string;
    readonly interface: string;
    readonly what: string;
  }[];
  /** In the sandbox's time, from the request for a node's lease until it was given back. */
  readonly pauses: readonly { readonly node: string; readonly milliseconds: number }[];
  /** The functions' own calls. */
  readonly calls: {
    readonly ec2: Readonly<Record<string, number>>;
    readonly kubernetes: Readonly<Record<string, number>>;
  };
  readonly alarms: readonly { readonly kind: string; readonly message: string; readonly node?: string }[];
  /** Invocations that ended in an error, and messages that ended in the dead-letter queue. */
  readonly failures: readonly string[];
}

export interface ReleasedAddress {
  readonly address: string;
  readonly interface: string;
  readonly node: string;
  readonly cause: string;
  /** From when it was first seen leaked until it was released. */
  readonly ageSeconds: number;
}

export interface KeptAddress {
  readonly address: string;
  readonly interface: string;
  readonly node: string;
  readonly reason: string;
  readonly detail?: string;
}

/** State of one address of a subnet, as the truth has it. */
export type AddressState =
  | "free"
  | "aws"
  | "primary"
  | "in-use"
  | "pool"
  | "kept"
  | "foreign"
  | "leaked"
  | "other";

/** A subnet's addresses, first to last. */
export interface SubnetMap {
  readonly subnet: string;
  readonly cidr: string;
  readonly states: readonly AddressState[];
}

/** What the terminal shows besides the report. */
export interface Run {
  /** Completes "eni-reclaimer …". */
  readonly where: string;
  readonly report: RunReport;
  readonly before: readonly SubnetMap[];
  readonly after: readonly SubnetMap[];
  /** How much of the sandbox's time has passed, seconds. */
  readonly virtualSeconds: number;
  readonly realMilliseconds: number;
}

/** Told while a run works, for a progress line. */
export type Progress = (what: string) => void;
