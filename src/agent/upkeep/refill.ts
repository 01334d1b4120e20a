import { type Address, parseAddress } from "../../domain/address.ts";
import type { NetworkInterface } from "../../domain/evidence.ts";
import type { NodeENIConfigStatus, Refill } from "../../domain/objects/nodeeniconfig.ts";
import type { AssignAnswer } from "../../ports/assigner.ts";
import type { AgentKind } from "../lease/node-lease.ts";
import { usableInterfaces } from "../node/interfaces.ts";
import { isBoundTo } from "../node/own-record.ts";
import type { Operation } from "../operation/operation.ts";
import type { Runner } from "../operation/runner.ts";
import type { AgentPorts } from "../ports.ts";
import type { AgentSettings } from "../settings.ts";
import { balanceOf } from "./warm-pool.ts";

/** The most that one request asks for: a subnet that is nearly full refuses it whole. */
const LARGEST = 16;

/**
 * Fills the pool (design §4.3, §4.4b): a durable intent with an ID of its own, then EC2, without the lease, then the record,
 * which succeeds only while that ID is there, and is never tried without it.
 */
export class Refills {
  readonly #ports: AgentPorts;
  readonly #settings: AgentSettings;
  readonly #kind: AgentKind;
  readonly #runner: Runner;
  readonly #onDoubt: (interfaceID: string) => void;
  /** Open intents of this process. */
  readonly #open = new Set<string>();
  #running: Promise<void> | undefined;

  /** @param onDoubt told of an interface that may have got addresses that nobody recorded */
  constructor(
    ports: AgentPorts,
    settings: AgentSettings,
    kind: AgentKind,
    runner: Runner,
    onDoubt: (interfaceID: string) => void,
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#kind = kind;
    this.#runner = runner;
    this.#onDoubt = onDoubt;
  }

  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** One at a time: who comes meanwhile waits for the same. */
  fill(wanted: number): Promise<void> {
    this.#running ??= this.#fill(wanted).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /**
   * Intents of earlier lives: nobody records them any more. ipamd is the only one on its node; without a daemon another call may
   * be about it now, unless it is old.
   */
  isDead({ id, startedAt }: Refill, now: number): boolean {
    if (this.#open.has(id)) return false;
    return this.#kind === "ipamd" || now - Date.parse(startedAt) > this.#settings.refillSeconds * 1000;
  }

  async dropDead(operation: Operation): Promise<void> {
    const dead = (operation.status.refills ?? []).filter((refill) => this.isDead(refill, operation.now));
    if (dead.length === 0) return;
    const ids = new Set(dead.map(({ id }) => id));
    await operation.writeStatus((status) => withoutRefills(status, ids));
    for (const { interfaceID } of dead) this.#onDoubt(interfaceID);
  }

  async #fill(wanted: number): Promise<void> {
    const interfaces = (await usableInterfaces(this.#ports)).filter(({ prefixes }) => prefixes.length === 0);
    for (const item of [...interfaces].sort((a, b) => a.addresses.length - b.addresses.length)) {
      const answer = await this.#fillFrom(item, wanted, LARGEST);
      if (answer !== "refused") return;
      // A subnet that has not so many left may have one (H73).
      if ((await this.#fillFrom(item, wanted, 1)) !== "refused") return;
    }
  }

  async #fillFrom(item: NetworkInterface, wanted: number, atMost: number): Promise<"over" | "refused"> {
    const id = `refill/${this.#ports.identities.unique()}`;
    this.#open.add(id);
    try {
      const intent = await this.#run((operation) => this.#intend(operation, id, item, wanted, atMost));
      if (intent === undefined) return "over";
      if (intent === 0) return "refused";
      const answer = await this.#ports.assigner.assign({ interfaceID: item.id, count: intent });
      await this.#run((operation) => this.#record(operation, id, item.id, answer));
      return answer.kind === "refused" ? "refused" : "over";
    } finally {
      this.#open.delete(id);
    }
  }

  /** @returns how many to ask for; 0 where the interface is full, undefined where nothing is missing any more */
  async #intend(
    operation: Operation,
    id: string,
    { id: interfaceID, addresses }: NetworkInterface,
    wanted: number,
    atMost: number,
  ): Promise<number | undefined> {
    const { missing } = balanceOf(operation, wanted);
    if (missing === 0) return undefined;
    const limit = operation.config.spec?.limits?.addressesPerInterface ?? Number.POSITIVE_INFINITY;
    // The limit counts the primary (EC2 User Guide, "IP addresses per network interface per instance type").
    const count = Math.min(missing, atMost, limit - 1 - addresses.length);
    if (count <= 0) return 0;
    const startedAt = new Date(operation.now).toISOString();
    const isWritten = await operation.writeStatus((status) =>
      (status.interfaces ?? []).some((known) => known.id === interfaceID)
        ? { ...status, refills: [...(status.refills ?? []), { id, interfaceID, count, startedAt }] }
        : undefined,
    );
    return isWritten ? count : 0;
  }

  async #record(operation: Operation, id: string, interfaceID: string, answer: AssignAnswer): Promise<void> {
    const added =
      answer.kind === "done" ? answer.addresses.filter((one) => isFree(operation, one, interfaceID)) : [];
    const isRecorded = await operation.writeStatus((status) => {
      if (!(status.refills ?? []).some((refill) => refill.id === id)) return undefined;
      const pool = [...(status.pool ?? []), ...added.map((address) => ({ address, interfaceID }))];
      return { ...withoutRefills(status, new Set([id])), pool };
    });
    if (answer.kind === "unclear" && isRecorded) this.#onDoubt(interfaceID);
  }

  async #run<T>(work: (operation: Operation) => Promise<T>): Promise<T | undefined> {
    const ran = await this.#runner.run(work, this.#settings);
    return ran.kind === "ran" ? ran.value : undefined;
  }
}

/** Not what a tombstone binds here, nor what somebody has already. */
function isFree(
  { status, records, unreadable, sandboxes }: Operation,
  address: Address,
  interfaceID: string,
): boolean {
  const record = records.get(address);
  const isKept = [...(status.pool ?? []), ...(status.cooling ?? [])].some(
    (entry) => parseAddress(entry.address) === address && entry.interfaceID === interfaceID,
  );
  return (
    !isKept &&
    !unreadable.has(address) &&
    !(record !== undefined && isBoundTo(record, interfaceID)) &&
    !sandboxes.some((sandbox) => sandbox.address === address)
  );
}

function withoutRefills(status: NodeENIConfigStatus, ids: ReadonlySet<string>): NodeENIConfigStatus {
  return { ...status, refills: (status.refills ?? []).filter(({ id }) => !ids.has(id)) };
}
