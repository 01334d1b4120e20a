import type { Address } from "../../domain/address.ts";
import type { NodeENIConfigStatus, StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { AgentKind, NodeLease } from "../lease/node-lease.ts";
import { attachedInterfaces } from "../node/interfaces.ts";
import { addressOfRecord, type Machine } from "../node/own-record.ts";
import { freshStatus, settled } from "../node/settled-status.ts";
import { readView, type View } from "../node/view.ts";
import type { AgentPorts } from "../ports.ts";
import type { AgentSettings } from "../settings.ts";
import { Interrupted } from "./interrupted.ts";

const TRIES = 4;

/** Changes a status; undefined where there is nothing left to change. */
export type Change = (status: NodeENIConfigStatus) => NodeENIConfigStatus | undefined;

export interface OperationOptions {
  readonly ports: AgentPorts;
  readonly settings: AgentSettings;
  readonly kind: AgentKind;
  readonly lease: NodeLease;
  /** What was read under this same acquisition; undefined: everything is read now. */
  readonly view?: View | undefined;
}

/**
 * One piece of work under the node lease. Everything that is written goes through it: it asks before each mutation whether
 * the lease is still ours, and what is known of the node follows what is durable, never the other way round.
 */
export class Operation {
  readonly ports: AgentPorts;
  readonly settings: AgentSettings;
  readonly kind: AgentKind;
  readonly lease: NodeLease;
  readonly #startedAt: number;
  #view: View | undefined;

  constructor({ ports, settings, kind, lease, view }: OperationOptions) {
    this.ports = ports;
    this.settings = settings;
    this.kind = kind;
    this.lease = lease;
    this.#view = view;
    this.#startedAt = ports.clock.now();
  }

  /** What may be used again by the next operation of the same acquisition; undefined where something is unclear. */
  get view(): View | undefined {
    return this.#view;
  }

  get machine(): Machine & { readonly bootID: string } {
    const { nodeName, instanceID, bootID } = this.ports.host;
    return { nodeName, instanceID, bootID };
  }

  get status(): NodeENIConfigStatus {
    return this.#known.config.status ?? {};
  }

  get config(): StoredNodeENIConfig {
    return this.#known.config;
  }

  get records(): ReadonlyMap<Address, StoredVpcIP> {
    return this.#known.records;
  }

  get unreadable(): ReadonlySet<Address> {
    return this.#known.unreadable;
  }

  /** API-server time, milliseconds since the epoch. */
  get now(): number {
    return this.ports.cluster.serverTime() ?? this.ports.clock.now();
  }

  /** Asked before each mutation (design §4.3): is the lease ours still, and the bound of one operation not reached (H72). */
  async mayGoOn(): Promise<void> {
    const { clock } = this.ports;
    if (clock.now() - this.#startedAt > this.settings.operationSeconds * 1000)
      throw new Interrupted("it takes too long: others wait for the node's lease");
    if (!(await this.lease.keep())) throw new Interrupted("the node lease is lost");
  }

  /** Reads everything again, if the lease is still ours: what an older etcd says is believed by no means (H61). */
  async read(): Promise<void> {
    if (this.#view !== undefined && !(await this.lease.confirm()))
      throw new Interrupted("the node lease is lost");
    this.#view = undefined;
    this.#view = await readView(this.ports);
    if (this.status.instanceID === this.machine.instanceID) return;
    const interfaces = await attachedInterfaces(this.ports);
    await this.writeStatus((status) => freshStatus(status, this.machine, interfaces));
  }

  /** What is known may not be what is there: the next operation reads again. */
  forget(): void {
    this.#view = undefined;
  }

  saved(record: StoredVpcIP): void {
    this.#known.records.set(addressOfRecord(record), record);
  }

  gone(address: Address): void {
    this.#known.records.delete(address);
  }

  /** The config as somebody has read it since. */
  sawConfig(config: StoredNodeENIConfig): void {
    this.#known.config = config;
  }

  /**
   * Writes the status, everything in its place ({@link settled}), by compare-and-swap.
   *
   * @returns whether it is written; false where the change does not apply any more
   */
  async writeStatus(change: Change = (status) => status): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { config } = this.#known;
      const changed = change(config.status ?? {});
      if (changed === undefined) return false;
      const status = this.#settled(changed);
      if (isSame(status, config.status)) return true;
      await this.mayGoOn();
      const answer = await this.#clearly(() =>
        this.ports.writer.replaceNodeConfigStatus({ ...config, status }),
      );
      if (answer.outcome === "replaced") {
        this.#known.config = answer.object;
        return true;
      }
      await this.read();
    }
    throw new Interrupted("the NodeENIConfig changes all the time");
  }

  /** Whether the status as it should be differs from the one that is there. */
  get isUnsettled(): boolean {
    return !isSame(this.#settled(this.status), this.status);
  }

  /** A write without an answer leaves it open what is there now. */
  async #clearly<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  #settled(status: NodeENIConfigStatus): NodeENIConfigStatus {
    const { kind, machine, records, now, settings } = this;
    const sandboxes = this.ports.host.sandboxes();
    return settled(status, {
      kind,
      machine,
      sandboxes,
      records,
      now,
      coolingSeconds: settings.coolingSeconds,
    });
  }

  get #known(): View {
    if (this.#view === undefined) throw new Interrupted("what the node has is not known");
    return this.#view;
  }
}

/** Both are plain data with the same order of fields wherever this code wrote them; a false alarm costs one write. */
function isSame(a: NodeENIConfigStatus, b: NodeENIConfigStatus | undefined): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]),
  );
}
