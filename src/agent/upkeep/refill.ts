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
import { pausedEverywhere } from "./pauses.ts";
import { balanceOf } from "./warm-pool.ts";
import { type Intent, notePauses, whereToAsk } from "./where-to-ask.ts";

/** The most that one request asks for. */
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
  #running: Promise<string | undefined> | undefined;

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

  /**
   * One at a time: who comes meanwhile waits for the same.
   *
   * @returns why nothing is to be had now; undefined: it may have got some
   */
  fill(wanted: number): Promise<string | undefined> {
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

  async #fill(wanted: number): Promise<string | undefined> {
    const interfaces = (await usableInterfaces(this.#ports))
      .filter(({ prefixes }) => prefixes.length === 0)
      .sort((a, b) => a.addresses.length - b.addresses.length);
    // At most twice each: a subnet that has not so many left may have one (H73).
    for (let tries = 0; tries < 2 * interfaces.length; tries++) {
      const next = await this.#ask(interfaces, wanted);
      if (next.kind !== "refused") return next.kind === "nowhere" ? next.why : undefined;
    }
    return undefined;
  }

  async #ask(interfaces: readonly NetworkInterface[], wanted: number): Promise<Asking> {
    const id = `refill/${this.#ports.identities.unique()}`;
    this.#open.add(id);
    try {
      const intent = await this.#run((operation) => this.#intend(operation, id, interfaces, wanted));
      if (intent === undefined || !("count" in intent)) return intent ?? OVER;
      const { interfaceID, count } = intent;
      const answer = await this.#ports.assigner.assign({ interfaceID, count });
      return (await this.#run((operation) => this.#record(operation, id, intent, answer))) ?? OVER;
    } finally {
      this.#open.delete(id);
    }
  }

  /** @returns where to ask for how many; what else there is to say where nothing is to be asked */
  async #intend(
    operation: Operation,
    id: string,
    interfaces: readonly NetworkInterface[],
    wanted: number,
  ): Promise<Intent | Asking> {
    const { missing } = balanceOf(operation, wanted);
    if (missing === 0) return OVER;
    const chosen = whereToAsk(operation, interfaces, Math.min(missing, LARGEST));
    if (!("count" in chosen)) return { kind: "nowhere", ...chosen };
    const { interfaceID, count } = chosen;
    const startedAt = new Date(operation.now).toISOString();
    const isWritten = await operation.writeStatus((status) =>
      (status.interfaces ?? []).some((known) => known.id === interfaceID)
        ? { ...status, refills: [...(status.refills ?? []), { id, interfaceID, count, startedAt }] }
        : undefined,
    );
    return isWritten ? chosen : OVER;
  }

  async #record(operation: Operation, id: string, intent: Intent, answer: AssignAnswer): Promise<Asking> {
    const { interfaceID } = intent;
    const added =
      answer.kind === "done" ? answer.addresses.filter((one) => isFree(operation, one, interfaceID)) : [];
    const isRecorded = await operation.writeStatus((status) => {
      if (!(status.refills ?? []).some((refill) => refill.id === id)) return undefined;
      const pool = [...(status.pool ?? []), ...added.map((address) => ({ address, interfaceID }))];
      return { ...withoutRefills(status, new Set([id])), pool };
    });
    // A bump took the intent away: what came is nobody's, and two looks may have it back.
    if (answer.kind === "unclear" || (answer.kind === "done" && !isRecorded)) this.#onDoubt(interfaceID);
    await notePauses(operation, intent, answer);
    const why = pausedEverywhere(operation, operation.lease.note.now);
    if (why !== undefined) return { kind: "nowhere", why };
    return answer.kind === "refused" ? { kind: "refused" } : OVER;
  }

  async #run<T>(work: (operation: Operation) => Promise<T>): Promise<T | undefined> {
    const ran = await this.#runner.run(work, this.#settings);
    return ran.kind === "ran" ? ran.value : undefined;
  }
}

type Asking =
  /** Nothing is missing any more, or EC2 has been asked. */
  | { readonly kind: "over" }
  /** It may be asked for fewer, or elsewhere. */
  | { readonly kind: "refused" }
  | { readonly kind: "nowhere"; readonly why: string };

const OVER: Asking = { kind: "over" };

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
