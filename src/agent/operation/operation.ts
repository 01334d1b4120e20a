import type { Address } from "../../domain/address.ts";
import type { NodeENIConfigStatus, StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { NodeLease } from "../lease/node-lease.ts";
import { attachedInterfaces } from "../node/interfaces.ts";
import { createConfig } from "../node/new-config.ts";
import { addressOfRecord } from "../node/own-record.ts";
import { isSame, Picture, type PictureOptions } from "../node/picture.ts";
import { freshStatus } from "../node/settled-status.ts";
import { NoConfig, readView, type View } from "../node/view.ts";
import { namedByClaims } from "../release/named-by-claims.ts";
import { Interrupted } from "./interrupted.ts";
import { rested, unnamed, whatIsThere } from "./what-is-there.ts";

const TRIES = 4;

/** Changes a status; undefined where there is nothing left to change. */
export type Change = (status: NodeENIConfigStatus) => NodeENIConfigStatus | undefined;

/**
 * One piece of work under the node lease. Everything that is written goes through it: it asks before each mutation whether
 * the lease is still ours, and what is known of the node follows what is durable, never the other way round.
 */
export class Operation extends Picture {
  readonly lease: NodeLease;
  readonly #startedAt: number;

  /** @param options with what was read under this same acquisition; without, {@link Operation.read} comes first */
  constructor(options: PictureOptions & { readonly lease: NodeLease }) {
    super(options);
    this.lease = options.lease;
    this.#startedAt = options.ports.clock.now();
  }

  /** Asked before each mutation (design §4.3): is the lease ours still, and the bound of one operation not reached (H72). */
  async mayGoOn(): Promise<void> {
    const { clock } = this.ports;
    if (clock.now() - this.#startedAt > this.settings.operationSeconds * 1000)
      throw new Interrupted("it takes too long: others wait for the node's lease");
    if (!(await this.lease.keep())) throw new Interrupted("the node lease is lost");
  }

  /**
   * Reads everything again. The lease is looked at last: an etcd that went back since it was taken, or while this was read, names
   * somebody else in it (H61).
   */
  async read(): Promise<void> {
    this.seen = undefined;
    const view = await this.#viewOrNew();
    if (!(await this.lease.confirm())) throw new Interrupted("the node lease is lost");
    this.seen = view;
    this.lease.sawEpoch(this.epoch);
    if (this.isOwn) return;
    const interfaces = await attachedInterfaces(this.ports);
    await this.writeStatus((status) => freshStatus(status, this.machine, interfaces));
  }

  /** The node's sweepEpoch, as its NodeENIConfig has it. */
  get epoch(): number {
    return this.config.status?.sweepEpoch ?? 0;
  }

  /** A node without a NodeENIConfig gets one: its existence means that we manage the node. */
  async #viewOrNew(): Promise<View> {
    try {
      return await readView(this.ports);
    } catch (error) {
      if (!(error instanceof NoConfig)) throw error;
      await this.mayGoOn();
      await createConfig(this.ports);
      return readView(this.ports);
    }
  }

  /** What is known may not be what is there: the next operation reads again. */
  forget(): void {
    this.seen = undefined;
  }

  saved(record: StoredVpcIP): void {
    const address = addressOfRecord(record);
    if (record.spec.nodeName === this.machine.nodeName) this.known.records.set(address, record);
    else this.known.records.delete(address);
  }

  /** Replaces a record. Where somebody has changed it, this operation is over. */
  async replaceRecord(record: StoredVpcIP): Promise<StoredVpcIP> {
    await this.mayGoOn();
    const answer = await this.ports.writer.replaceVpcIP(record);
    if (answer.outcome !== "replaced") throw new Interrupted(`VpcIP ${record.metadata.name} has changed`);
    this.saved(answer.object);
    return answer.object;
  }

  gone(address: Address): void {
    this.known.records.delete(address);
  }

  /** The config as somebody has read it since. */
  sawConfig(config: StoredNodeENIConfig): void {
    this.known.config = config;
  }

  /**
   * Writes the status, everything in its place ({@link Picture.settled}), by compare-and-swap. Where etcd's memory is in doubt
   * nothing follows from a status that EC2 doesn't bear out ({@link whatIsThere}), at two looks: the first one may show what was
   * given back a moment before etcd went back (H07, H61).
   *
   * @returns whether it is there now; false where the change does not apply any more
   */
  async writeStatus(change: Change = (status) => status): Promise<boolean> {
    const { isMemoryDoubtful, hasMemoryGoneBack } = this.lease;
    const { isSecondLookDue } = this;
    const there = isMemoryDoubtful || isSecondLookDue ? await whatIsThere(this.ports) : undefined;
    const named = hasMemoryGoneBack ? await namedByClaims(this.ports) : undefined;
    const known = (status: NodeENIConfigStatus): NodeENIConfigStatus => {
      const seen = there === undefined ? status : there(status);
      if (!hasMemoryGoneBack) return seen;
      return rested(unnamed(seen, this.records, named), this.records, this.#restedAt);
    };
    const isWritten = await this.#write((status) => change(known(status)));
    if (isWritten && isMemoryDoubtful)
      await this.lease.trustMemory(this.epoch, hasMemoryGoneBack ? this.#secondLookAt : undefined);
    else if (isWritten && isSecondLookDue) await this.lease.note.change({ lookAgainAt: undefined });
    return isWritten;
  }

  /** Whether what an older etcd said is to be held against EC2 once more before anything is handed out. */
  get isSecondLookDue(): boolean {
    const { lookAgainAt } = this.lease.note.now;
    return lookAgainAt !== undefined && lookAgainAt <= this.now;
  }

  get #secondLookAt(): number {
    return this.latest + this.settings.recoverySeconds * 1000;
  }

  /** What an older etcd had in use cools down for as long as what rests. */
  protected override get cooledAt(): number {
    return this.lease.hasMemoryGoneBack ? this.#restedAt : super.cooledAt;
  }

  /** What rests after etcd went back does so until after the second look. */
  get #restedAt(): number {
    return this.#secondLookAt + this.settings.coolingSeconds * 1000;
  }

  async #write(change: Change): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { config } = this;
      const changed = change(config.status ?? {});
      if (changed === undefined) return false;
      const status = this.settled(changed);
      if (isSame(status, config.status)) return true;
      await this.mayGoOn();
      const answer = await this.clearly(() =>
        this.ports.writer.replaceNodeConfigStatus({ ...config, status }),
      );
      if (answer.outcome === "replaced") {
        this.sawConfig(answer.object);
        return true;
      }
      await this.read();
    }
    throw new Interrupted("the NodeENIConfig changes all the time");
  }

  /** A write without an answer leaves it open what is there now: nothing that is known is relied on after it. */
  async clearly<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      this.forget();
      throw error;
    }
  }
}
