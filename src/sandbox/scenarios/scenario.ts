import type { Allocator } from "../engine/allocator.ts";
import type { SandboxNode } from "../engine/node.ts";
import type { World } from "../engine/world.ts";

/** What a scenario lays and how its days go. */
export interface Scenario {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Environment of the functions beside the sandbox's own, e.g. RECLAIMER_MODE. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Completes "it …": what of it no real peer does. */
  readonly simulatedOnly?: string;
  readonly lay: (world: World) => Laid | Promise<Laid>;
  /** Default: {@link ONE_DAY}. */
  readonly steps?: readonly Step[];
}

export interface Laid {
  readonly nodes: readonly SandboxNode[];
  readonly allocators: readonly Allocator[];
  /** Subnets to show. */
  readonly subnets: readonly { readonly id: string; readonly cidr: string }[];
  /** Allocators on which Pods start and stop while the functions run. */
  readonly busy: readonly Allocator[];
  /** Something that happens by name in the steps. */
  readonly events?: Readonly<Record<string, () => void | Promise<void>>>;
}

export type Step =
  | { readonly do: "collect"; readonly kind: "leaks" | "due" }
  /** The queue's messages are taken until none is left, delayed ones too. */
  | { readonly do: "drain" }
  | { readonly do: "wait"; readonly minutes: number }
  | { readonly do: "event"; readonly name: string };

/** The daily run marks; after the grace the five-minute run queues; the queue is emptied. */
export const ONE_DAY: readonly Step[] = [
  { do: "collect", kind: "leaks" },
  { do: "drain" },
  { do: "wait", minutes: 31 },
  { do: "collect", kind: "due" },
  { do: "drain" },
];

/** A second look more than an hour later, for instances that EC2 does not find, and what the first sweep left to do. */
export const TWO_LOOKS: readonly Step[] = [
  ...ONE_DAY,
  { do: "wait", minutes: 35 },
  { do: "collect", kind: "leaks" },
  { do: "drain" },
  { do: "wait", minutes: 40 },
  { do: "collect", kind: "due" },
  { do: "drain" },
];
