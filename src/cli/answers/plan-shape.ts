import type { PodMatch, UseTotals } from "../../domain/inventory/index.ts";
import type { OfflineHeldBack } from "./held-back.ts";

/** What `plan -o json` prints. Its keys are those of an online run, and what only dumps can show. */
export interface PlanDocument {
  readonly at: string;
  readonly totals: Totals;
  readonly warnings: readonly string[];
  /** How the Pods fit the interfaces; unless it is `same-cluster`, nothing called idle is known to be. */
  readonly match: PodMatch;
  /** Would be released. */
  readonly released: readonly Release[];
  /** Leaked by the evidence, but something forbids to call it so. */
  readonly heldBack: readonly (Located & { readonly reason: OfflineHeldBack; readonly cause: string })[];
  /** Would be deleted. */
  readonly orphansDeleted: readonly Orphan[];
  readonly unknown: readonly Reasoned[];
  readonly kept: readonly Reasoned[];
  readonly keptByReason: Readonly<Record<string, number>>;
  readonly unknownByReason: Readonly<Record<string, number>>;
  readonly nodeGroups: readonly GroupRow[];
  readonly nodes: readonly NodeRow[];
  readonly subnets: readonly SubnetRow[];
  /** Detached interfaces that another CNI made: shown, never deleted by eni-reclaimer. */
  readonly foreignDetached: readonly DetachedRow[];
  readonly interfaces: readonly InterfaceRow[];
}

export interface Totals {
  readonly interfaces: number;
  readonly addresses: number;
  readonly prefixes: number;
  readonly nodes: number;
  /** Nodes given that no EC2 instance is: Fargate's, hybrid ones. */
  readonly nodesNotOnEC2: number;
  readonly pods: number;
  readonly released: number;
  readonly heldBack: number;
  readonly orphansDeleted: number;
  readonly unknown: number;
  readonly kept: number;
}

export interface Located {
  readonly address: string;
  readonly interface: string | null;
  readonly node: string | null;
}
export interface Reasoned extends Located {
  readonly reason: string;
  readonly detail?: string;
}
export interface Release extends Located {
  readonly cause: string;
  /** How long its mark has stood; null where it has none yet. */
  readonly ageSeconds: number | null;
  readonly gives: "address" | "record";
  readonly prefix?: string;
  readonly next: string;
  readonly detail?: string;
}
export interface Orphan {
  readonly interface: string;
  readonly address: string;
  readonly node: string | null;
  readonly reason: string;
  readonly ageSeconds: number | null;
  readonly next: string;
  readonly detail?: string;
}
export interface Use {
  readonly interfaces: number;
  readonly addresses: number;
  readonly inUse: number;
  readonly idle: number;
  readonly prefixes: UseTotals["prefixes"];
}
export interface NodeRow extends Use {
  readonly node: string | null;
  readonly instance: string;
  readonly group: string | null;
  readonly allocator: "managed" | "foreign";
}
export interface GroupRow extends Use {
  readonly group: string | null;
  readonly nodes: number;
  /** Warm targets would free something, but can't be set there. */
  readonly warmTargetsNotSettable?: "auto-mode" | "no-aws-node";
  readonly warmTargets?: {
    readonly WARM_IP_TARGET: number;
    readonly MINIMUM_IP_TARGET: number;
    readonly freesAtMost: number;
    readonly nodes: number;
    readonly callsOnceAtMost: number;
    readonly callsPerPodChangeAtMost: number;
  };
}
export interface SubnetRow extends Use {
  readonly subnet: string | null;
  readonly vpc: string | null;
  readonly zone: string | null;
  readonly taken: number;
}
export interface DetachedRow {
  readonly interface: string;
  readonly looks: "orphan" | "young" | "instance-here";
  readonly because: string;
  readonly cluster: string | null;
  readonly instance: string | null;
  readonly createdAt: string | null;
  /** What it takes from its subnet. */
  readonly addresses: number;
}
export interface InterfaceRow {
  readonly interface: string;
  readonly kind: string;
  readonly because: string;
  /** `service`: an AWS service's; `instance`: of an instance that is no node here; `detached`: nothing shows whose. */
  readonly whose: "node" | "cni" | "service" | "instance" | "detached";
  readonly status: string | null;
  readonly subnet: string | null;
  readonly instance: string | null;
  readonly node: string | null;
  readonly primary: string | null;
  readonly addresses: number;
  readonly inUse: number;
  readonly prefixes: number;
}
