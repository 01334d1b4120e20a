import { JUDGEMENT_LIMITS } from "../domain/judgement/index.ts";
import type { BreakerLimits } from "../domain/plan/breaker.ts";
import type { Clock, Identities } from "../ports/clock.ts";
import type { CloudBudget, CloudReader, CloudReleaser } from "../ports/cloud.ts";
import type { ClusterReader, ClusterWriter, LeaseStore } from "../ports/cluster.ts";
import type { Mirror } from "../ports/mirror.ts";
import type { Notices } from "../ports/notices.ts";
import type { SweepQueue } from "../ports/queue.ts";

/** `observe` marks and reports and never releases; it is the default of a new install. */
export type Mode = "observe" | "release";

/** What a person decides. Units are in the names. */
export interface Settings {
  readonly clusterName: string;
  readonly mode: Mode;
  /** Node groups on which `release` is switched on; `*` means all, also nodes whose group is unknown. */
  readonly releaseNodeGroups: "*" | readonly string[];
  /** How long a mark must have stood before its address may be released. */
  readonly markAgeSeconds: number;
  /** The second look at an instance that EC2 doesn't find comes at least so long after the first. */
  readonly notFoundSeconds: number;
  /** How long an open refill keeps what it may have brought; after that it is taken for given up. */
  readonly refillSeconds: number;
  readonly breaker: BreakerLimits;
  /** Term of a reclaimer's node lease. */
  readonly leaseSeconds: number;
  /** How long one invocation waits for an allocator to hand its lease over. */
  readonly handOverSeconds: number;
  /** How long a hand-over request stands; no new operation starts on the node meanwhile. */
  readonly requestSeconds: number;
  /** Delay of a message whose node was busy. */
  readonly retrySeconds: number;
  /** Unanswered requests after which a node is kept and alarmed. */
  readonly maximumAttempts: number;
  /** How long EC2 could still accept a late request: signatures live up to 15 min on either side of the clock. */
  readonly tombstoneSeconds: number;
  /** Upper bound of one EC2 request, from signing to answer. */
  readonly requestTimeoutMilliseconds: number;
}

export const DEFAULT_SETTINGS: Omit<Settings, "clusterName"> = {
  mode: "observe",
  releaseNodeGroups: "*",
  markAgeSeconds: 1800,
  notFoundSeconds: 3600,
  refillSeconds: JUDGEMENT_LIMITS.refillSeconds,
  breaker: { nodeShare: 0.8, subnetShare: 0.5, clusterShare: 0.3, minimumLeaks: 16 },
  leaseSeconds: 60,
  handOverSeconds: 5,
  requestSeconds: 15,
  retrySeconds: 60,
  maximumAttempts: 3,
  tombstoneSeconds: 35 * 60,
  requestTimeoutMilliseconds: 5_000,
};

/** What reading needs. It can't release. */
export interface CollectPorts {
  readonly cloud: CloudReader;
  readonly budget: CloudBudget;
  readonly cluster: ClusterReader;
  readonly writer: ClusterWriter;
  readonly queue: SweepQueue;
  readonly mirror: Mirror;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly identities: Identities;
}

/** What a sweep needs on top. */
export interface SweepPorts extends CollectPorts {
  readonly releaser: CloudReleaser;
  readonly leases: LeaseStore;
}
