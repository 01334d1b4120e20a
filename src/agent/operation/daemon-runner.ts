import type { LockNote } from "../lease/lock-note.ts";
import { NodeLease } from "../lease/node-lease.ts";
import type { View } from "../node/view.ts";
import type { AgentPorts, HeldLock } from "../ports.ts";
import type { AgentSettings } from "../settings.ts";
import { Interrupted } from "./interrupted.ts";
import { Operation } from "./operation.ts";
import { writeReport } from "./report.ts";
import { restoreRecords } from "./restore.ts";
import type { Ran, Runner, RunOptions } from "./runner.ts";
import { Turns } from "./turns.ts";

const LOOK_MILLISECONDS = 200;

type Attempt<T> = Ran<T> | { readonly kind: "busy"; readonly why: string };

/**
 * ipamd's way to the lease: it keeps it while it is busy, gives it over as soon as somebody asks and no operation runs, and
 * takes it for that where it is idle (design §4.3).
 */
export class DaemonRunner implements Runner {
  readonly #ports: AgentPorts;
  readonly #settings: AgentSettings;
  readonly #lease: NodeLease;
  readonly #turns = new Turns();
  /** As long as the acquisition, and no longer than its term. */
  #view: View | undefined;
  /** The acquisition that the view was read under. */
  #viewOf = "";

  constructor(ports: AgentPorts, settings: AgentSettings, lock: HeldLock) {
    this.#ports = ports;
    this.#settings = settings;
    this.#lease = new NodeLease(ports, "ipamd", settings.leaseSeconds, lock);
  }

  async run<T>(work: (operation: Operation) => Promise<T>, options: RunOptions): Promise<Ran<T>> {
    const { clock } = this.#ports;
    const end = clock.now() + options.patienceSeconds * 1000;
    for (;;) {
      const attempt = await this.#attemptUnlessAsked(work);
      if (attempt.kind !== "busy") return attempt;
      if (clock.now() >= end) return { kind: "again", why: attempt.why };
      await clock.sleep(LOOK_MILLISECONDS);
    }
  }

  note(): Promise<LockNote> {
    return Promise.resolve(this.#lease.note.now);
  }

  /** Answers whoever asks for the lease, when the operations that run have ended. */
  async handOverIfAsked(): Promise<void> {
    const lease = await this.#lease.look();
    if (lease === undefined || !this.#lease.requests.isAnswerDue(lease)) return;
    await this.#turns.take(async () => {
      const now = await this.#lease.look();
      if (now === undefined || !this.#lease.requests.isAnswerDue(now)) return;
      const { held } = await this.#lease.tryAcquire(true);
      if (held) await this.#handOver();
    });
  }

  async #handOver(): Promise<void> {
    try {
      await writeReport(await this.#begin());
      await this.#lease.handOver();
    } catch (error) {
      // The report may be there although nobody said so: nothing may be done any more under the acquisition that it names.
      this.#lease.drop();
      throw error;
    } finally {
      this.#view = undefined;
    }
  }

  #attemptUnlessAsked<T>(work: (operation: Operation) => Promise<T>): Promise<Attempt<T>> {
    const stopped: Attempt<T> = { kind: "busy", why: "the node's world is being stopped" };
    if (this.#lease.requests.isAnyFresh) {
      // What was asked may be over: an annotation that is gone is a request no more.
      return this.#lease.look().then(() => (this.#lease.requests.isAnyFresh ? stopped : this.#attempt(work)));
    }
    return this.#attempt(work);
  }

  #attempt<T>(work: (operation: Operation) => Promise<T>): Promise<Attempt<T>> {
    return this.#turns.take(async () => {
      if (this.#lease.requests.isAnyFresh) return { kind: "busy", why: "the node's world is being stopped" };
      const acquired = await this.#lease.tryAcquire();
      if (!acquired.held) return { kind: "busy", why: acquired.why };
      return this.#work(work);
    });
  }

  async #work<T>(work: (operation: Operation) => Promise<T>): Promise<Ran<T>> {
    let operation: Operation | undefined;
    try {
      operation = await this.#begin();
      return { kind: "ran", value: await work(operation) };
    } catch (error) {
      if (error instanceof Interrupted) return { kind: "again", why: error.message };
      operation?.forget();
      throw error;
    } finally {
      this.#view = operation?.view;
      this.#viewOf = this.#lease.identity;
    }
  }

  /** With what is known, where that is of this acquisition and not older than its term. */
  async #begin(): Promise<Operation> {
    const { clock } = this.#ports;
    const age = clock.now() - (this.#view?.readAt ?? 0);
    const isKnown =
      this.#viewOf === this.#lease.identity && age >= 0 && age < this.#settings.leaseSeconds * 1000;
    const view = isKnown ? this.#view : undefined;
    this.#view = undefined;
    const options = { ports: this.#ports, settings: this.#settings, kind: "ipamd", lease: this.#lease, view };
    const operation = new Operation({ ...options, kind: "ipamd" });
    if (view === undefined) {
      await operation.read();
      await restoreRecords(operation);
    }
    this.#viewOf = this.#lease.identity;
    return operation;
  }
}
