import { parseAddress } from "../../domain/address.ts";
import type { Binding } from "../../domain/binding.ts";
import { heldKey } from "../../domain/judgement/facts.ts";
import type { StoredVpcIP, Tombstone } from "../../domain/objects/vpcip.ts";
import type { Trip } from "../../domain/plan/breaker.ts";
import { type FreezeState, isHeldByBreaker } from "../../domain/plan/freeze.ts";
import type { Due } from "../../domain/plan/releases.ts";
import { markAgeSeconds } from "../../domain/plan/releases.ts";
import { remains, unbound } from "../../domain/record-transitions.ts";
import type { CloudAction } from "../../ports/cloud.ts";
import type { AuditLine } from "../../ports/notices.ts";
import { freezeNow } from "../guard/gate.ts";
import type { HeldLease } from "../node-lease/held-lease.ts";
import type { Settings, SweepPorts } from "../settings.ts";
import type { NodeTruth } from "./read-again.ts";

/** A lease is kept by renewals for no longer than this; a tombstone outlives it by far. */
const LONGEST_HOLD_MILLISECONDS = 10 * 60_000;

/** One sweep at work. What it did is gathered here; `stop` says why it ended early. */
export class SweepContext {
  readonly released: string[] = [];
  readonly orphansDeleted: string[] = [];
  readonly failed: { readonly subject: string; readonly why: string }[] = [];
  readonly ports: SweepPorts;
  readonly settings: Settings;
  readonly run: string;
  readonly node: string;
  readonly lease: HeldLease;
  readonly truth: NodeTruth;
  /** How many releases are left to this run (a manual clean may set a limit). */
  readonly maximumReleases: number;
  /** What the breaker had tripped when it was decided what goes. */
  readonly trips: readonly Trip[];
  /** Bindings that are over and out of every pool: `address interface` (design §4.4d). */
  readonly #unbound = new Set<string>();
  /** EC2 calls that were made without having been reserved: nobody waits for tokens while the world stands still. */
  readonly debt: Partial<Record<CloudAction, number>> = {};
  /** Names of records of which something could not be done: it is put off. */
  readonly unfinished = new Set<string>();
  /** Records that go at the very end: by them a run that died is found again (see gone-node.ts). */
  readonly lastRecords: LastRecord[] = [];
  stop: StopReason | undefined;

  constructor(init: {
    ports: SweepPorts;
    settings: Settings;
    run: string;
    node: string;
    lease: HeldLease;
    truth: NodeTruth;
    maximumReleases: number;
    trips: readonly Trip[];
  }) {
    this.ports = init.ports;
    this.settings = init.settings;
    this.run = init.run;
    this.node = init.node;
    this.lease = init.lease;
    this.truth = init.truth;
    this.maximumReleases = init.maximumReleases;
    this.trips = init.trips;
  }

  /** API-server time of the latest answer, milliseconds since the epoch. */
  get now(): number {
    return this.ports.cluster.serverTime() ?? this.truth.evidence.now;
  }

  /** How many addresses and interfaces may yet be given back. */
  get releasesLeft(): number {
    return this.maximumReleases - this.released.length - this.orphansDeleted.length;
  }

  /** Asked before anything is written: is the lease ours by its time, is nobody's freeze on, has no breaker tripped since. */
  async mayGoOn(): Promise<boolean> {
    if (this.stop !== undefined) return false;
    if (!(await this.lease.keep(LONGEST_HOLD_MILLISECONDS))) this.stop = "lease-lost";
    else this.stop = this.#stoppedBy(await freezeNow(this.ports.cluster));
    return this.stop === undefined;
  }

  /** A trip that the plan did not know holds all of it back: the next sweep plans with it. */
  #stoppedBy(freeze: FreezeState): StopReason | undefined {
    if (freeze.frozen) return "frozen";
    const known = new Set(this.trips.map(keyOfTrip));
    const since = freeze.breaker.filter((trip) => !known.has(keyOfTrip(trip)));
    const subnetIDs = this.truth.evidence.interfaces.map(({ subnetID }) => subnetID);
    const isHeld = [undefined, ...subnetIDs].some((subnetID) =>
      isHeldByBreaker(since, { node: this.node, ...(subnetID === undefined ? {} : { subnetID }) }),
    );
    return isHeld ? "breaker" : undefined;
  }

  /**
   * Asked before every request that releases: the same, and whether the lease itself still names us. Within its term it may have
   * been deleted by hand, or taken (H30).
   */
  async maySend(): Promise<boolean> {
    if ((await this.mayGoOn()) && (await this.lease.readNow()) === undefined) this.stop = "lease-lost";
    return this.stop === undefined;
  }

  /** The bump has taken the address out of the pools of the interface: its tombstone may end. */
  unbind({ address, interfaceID }: Binding): void {
    this.#unbound.add(heldKey(address, interfaceID));
  }

  /** What is left of a record whose address has gone: nothing, or the tombstones that may not end yet. */
  remainsOf(record: StoredVpcIP): StoredVpcIP | undefined {
    return remains(record, this.#mayEnd(record));
  }

  /** A record that goes on, less the tombstones that may end. */
  unboundOf(record: StoredVpcIP): StoredVpcIP {
    return unbound(record, this.#mayEnd(record));
  }

  #mayEnd({ metadata }: StoredVpcIP): (tombstone: Tombstone) => boolean {
    const address = parseAddress(metadata.name);
    return ({ interfaceID, until }) =>
      Date.parse(until) <= this.now &&
      address !== undefined &&
      this.#unbound.has(heldKey(address, interfaceID));
  }

  /**
   * Deletes a record; of a node without any config not yet: its lease is there only because we took it, and goes before the
   * last record does.
   *
   * @param onDeleted told when it is gone
   */
  async deleteRecord(record: StoredVpcIP, onDeleted: () => void = () => undefined): Promise<void> {
    if (this.truth.evidence.nodes.has(this.node)) {
      if ((await this.ports.writer.deleteVpcIP(record)).outcome === "deleted") onDeleted();
    } else this.lastRecords.push({ record, onDeleted });
  }

  /** Notes calls that are about to be made; they are paid for when the world goes on again. */
  owe(action: CloudAction, calls: number): void {
    this.debt[action] = (this.debt[action] ?? 0) + calls;
  }

  /** @param subject the address or interface; its work is put off, where a record names it */
  fail(subject: string, why: string): void {
    this.failed.push({ subject, why });
    this.unfinished.add(subject);
    this.ports.notices.alarm({ kind: "item-failed", message: why, node: this.node, subject });
  }

  /** The audit line of one subject, with what proved it. */
  audit(
    item: Due,
    record: StoredVpcIP,
    kind: AuditLine["kind"],
    answer: AuditLine["answer"],
    requestID?: string,
  ): void {
    const { verdict } = item;
    const { claim, leak } = item.record.spec;
    const evidence: Record<string, string> = { needs: verdict.needs, lease: this.lease.identity };
    if (verdict.detail !== undefined) evidence["detail"] = verdict.detail;
    if (claim !== undefined)
      Object.assign(evidence, { podUID: claim.podUID, containerID: claim.containerID });
    const reportedUnder = this.truth.config?.status?.reportedUnder;
    if (verdict.needs === "report" && reportedUnder !== undefined) evidence["reportedUnder"] = reportedUnder;
    this.ports.notices.released({
      run: this.run,
      kind,
      subject: kind === "interface" ? (verdict.interfaceID ?? verdict.address) : verdict.address,
      ...(verdict.interfaceID === undefined ? {} : { interfaceID: verdict.interfaceID }),
      node: this.node,
      cause: leak?.cause ?? verdict.cause,
      firstObservedAt: leak?.firstObservedAt ?? record.metadata.creationTimestamp ?? "",
      ageSeconds: Math.floor(markAgeSeconds({ ...this.truth.evidence, now: this.now }, item.record) ?? 0),
      answer,
      ...(requestID === undefined ? {} : { requestID }),
      evidence,
    });
  }
}

export interface LastRecord {
  readonly record: StoredVpcIP;
  readonly onDeleted: () => void;
}

const keyOfTrip = ({ scope, name }: Trip): string => `${scope} ${name}`;

export type StopReason = "lease-lost" | "frozen" | "breaker" | "throttled" | "not-sent" | "limit";
