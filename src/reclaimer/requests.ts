import * as z from "zod";

/** What `collect` is asked to do: by its schedules (constant input) and by EC2's instance events. */
export const collectRequest = z.discriminatedUnion("kind", [
  /** Daily: list everything, mark what looks leaked. */
  z.object({ kind: z.literal("leaks") }),
  /** Every five minutes: queue every node with a due mark, an unfinished release, an expired claim or an ended tombstone. */
  z.object({ kind: z.literal("due") }),
  /** An instance was terminated: mark what it leaves behind. */
  z.object({ kind: z.literal("instance-terminated"), instanceID: z.string().regex(/^i-[0-9a-f]+$/) }),
]);
export type CollectRequest = z.infer<typeof collectRequest>;

/** What a person asks `clean`. The same requestId gives the same work once. */
export const cleanRequest = z.strictObject({
  requestId: z.string().min(1).max(128),
  nodes: z.array(z.string().min(1)).max(500).optional(),
  addresses: z.array(z.ipv4()).max(500).optional(),
  dryRun: z.boolean().default(true),
  /** A mark may be younger than the setting says, but never below 60 s: two observations stay two. */
  minimumAgeSeconds: z.int().min(60).optional(),
  maxReleases: z.int().min(1).max(10_000).optional(),
});
export type CleanRequest = z.infer<typeof cleanRequest>;

/** What a run of `collect` did. */
export interface CollectSummary {
  readonly run: string;
  readonly kind: CollectRequest["kind"];
  /** Why nothing was done, where a person or the tool itself has stopped it. */
  readonly frozen?: string;
  readonly interfaces: number;
  readonly addresses: number;
  readonly leaked: number;
  readonly kept: number;
  readonly unknown: number;
  readonly marked: number;
  readonly unmarked: number;
  /** Nodes for which a message was queued. */
  readonly queued: readonly string[];
  /** Items that failed alone; the run went on without them. */
  readonly failed: readonly { readonly subject: string; readonly why: string }[];
}

/** What became of one message. */
export interface SweepSummary {
  readonly node: string;
  readonly outcome: SweepOutcome;
  readonly released: readonly string[];
  readonly orphansDeleted: readonly string[];
  readonly failed: readonly { readonly subject: string; readonly why: string }[];
}

export type SweepOutcome =
  | "swept"
  /** Nothing was due: the node was not paused. */
  | "nothing-due"
  /** A freeze or breaker held it back. */
  | "held-back"
  /** Another holder has the lease, or EC2 throttles: sent again, with delay. */
  | "sent-again"
  /** The allocator of a living instance never answered, or it was tried often enough for now: kept, alarmed. */
  | "gave-up";

/** What `clean` answers. */
export interface CleanSummary {
  readonly requestId: string;
  readonly run: string;
  readonly dryRun: boolean;
  readonly frozen?: string;
  readonly released: readonly { readonly address: string; readonly node: string; readonly cause: string }[];
  readonly kept: readonly { readonly address: string; readonly node: string; readonly reason: string }[];
  /** Leaked by all evidence, but the mark is too young: ask again after that time (RFC 3339, API-server time). */
  readonly pending: readonly { readonly address: string; readonly node: string; readonly until: string }[];
  readonly failed: readonly { readonly subject: string; readonly why: string }[];
}
