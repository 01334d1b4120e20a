import type { Address } from "../../domain/address.ts";
import type { NodeENIConfigStatus, StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { AgentKind } from "../lease/node-lease.ts";
import { Interrupted } from "../operation/interrupted.ts";
import type { AgentPorts, LiveSandbox } from "../ports.ts";
import type { AgentSettings } from "../settings.ts";
import type { Machine } from "./own-record.ts";
import { settled } from "./settled-status.ts";
import type { View } from "./view.ts";

export interface PictureOptions {
  readonly ports: AgentPorts;
  readonly settings: AgentSettings;
  readonly kind: AgentKind;
  /** What was read; undefined: nothing yet. */
  readonly view?: View | undefined;
}

/** The node as its allocator sees it: its objects and its own sandboxes. It writes nothing. */
export class Picture {
  readonly ports: AgentPorts;
  readonly settings: AgentSettings;
  readonly kind: AgentKind;
  protected seen: View | undefined;

  constructor({ ports, settings, kind, view }: PictureOptions) {
    this.ports = ports;
    this.settings = settings;
    this.kind = kind;
    this.seen = view;
  }

  /** Undefined where something is unclear. */
  get view(): View | undefined {
    return this.seen;
  }

  get machine(): Machine & { readonly bootID: string } {
    const { nodeName, instanceID, bootID } = this.ports.host;
    return { nodeName, instanceID, bootID };
  }

  get config(): StoredNodeENIConfig {
    return this.known.config;
  }

  get status(): NodeENIConfigStatus {
    return this.known.config.status ?? {};
  }

  get records(): ReadonlyMap<Address, StoredVpcIP> {
    return this.known.records;
  }

  get unreadable(): ReadonlySet<Address> {
    return this.known.unreadable;
  }

  get sandboxes(): readonly LiveSandbox[] {
    return this.ports.host.sandboxes();
  }

  /** API-server time, milliseconds since the epoch. */
  get now(): number {
    return this.ports.cluster.serverTime() ?? this.ports.clock.now();
  }

  /**
   * API-server time that is not before the present: {@link Picture.now} is from the latest answer, rounded down to a second (RFC 9110,
   * "Date"), and within an acquisition nobody need have been asked since. An own clock that jumps adds no more than a while.
   */
  get latest(): number {
    const { leaseSeconds, operationSeconds } = this.settings;
    const since = Math.max(0, this.ports.clock.now() - this.known.readAt);
    return this.now + Math.min(since, (leaseSeconds + operationSeconds) * 1000) + 1000;
  }

  /** Whether the status was written on this instance. */
  get isOwn(): boolean {
    return this.status.instanceID === this.machine.instanceID;
  }

  /** Whether the status as it should be differs from the one that is there. */
  get isUnsettled(): boolean {
    return !isSame(this.settled(this.status), this.status);
  }

  /** When what begins to cool down now has done so, API-server time. */
  protected get cooledAt(): number {
    return this.latest + this.settings.coolingSeconds * 1000;
  }

  protected settled(status: NodeENIConfigStatus): NodeENIConfigStatus {
    const { kind, machine, records, now, cooledAt, sandboxes } = this;
    return settled(status, { kind, machine, sandboxes, records, now, cooledAt });
  }

  protected get known(): View {
    if (this.seen === undefined) throw new Interrupted("what the node has is not known");
    return this.seen;
  }
}

/** Both are plain data; fields in another order, or absent ones, make no difference. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => isSame(item, b[index]))
    );
  const present = Object.entries(a).filter(([, item]) => item !== undefined);
  const others = b as Readonly<Record<string, unknown>>;
  return (
    present.length === Object.values(others).filter((item) => item !== undefined).length &&
    present.every(([key, item]) => isSame(item, others[key]))
  );
}
