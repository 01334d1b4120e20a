import { type LockNote, NodeNote } from "../lease/lock-note.ts";
import { NodeLease } from "../lease/node-lease.ts";
import type { AgentPorts, HeldLock, HostLock } from "../ports.ts";
import type { AgentSettings } from "../settings.ts";
import { Interrupted } from "./interrupted.ts";
import { Operation } from "./operation.ts";
import { writeReport } from "./report.ts";
import { restoreRecords } from "./restore.ts";
import type { Ran, Runner, RunOptions } from "./runner.ts";

const LOOK_MILLISECONDS = 200;

/**
 * The daemonless CNI's way to the lease (design §4.3): the machine's lock file, then the lease, and the report before each
 * give-back, for there is nobody who could be asked for it later.
 */
export class PluginRunner implements Runner {
  readonly #ports: AgentPorts;
  readonly #settings: AgentSettings;
  readonly #hostLock: HostLock;

  constructor(ports: AgentPorts, settings: AgentSettings, hostLock: HostLock) {
    this.#ports = ports;
    this.#settings = settings;
    this.#hostLock = hostLock;
  }

  async run<T>(work: (operation: Operation) => Promise<T>, options: RunOptions): Promise<Ran<T>> {
    const end = this.#ports.clock.now() + options.patienceSeconds * 1000;
    const lock = await this.#hostLock.acquire(options.patienceSeconds * 1000);
    if (lock === undefined) return { kind: "again", why: "another call works on this node" };
    try {
      return await this.#withLock(lock, end, work);
    } finally {
      await lock.release();
    }
  }

  async note(): Promise<LockNote> {
    const lock = await this.#hostLock.acquire(0);
    if (lock === undefined) return {};
    try {
      return new NodeNote(lock).now;
    } finally {
      await lock.release();
    }
  }

  async #withLock<T>(
    lock: HeldLock,
    end: number,
    work: (operation: Operation) => Promise<T>,
  ): Promise<Ran<T>> {
    const { clock } = this.#ports;
    const lease = new NodeLease(this.#ports, "cni", this.#settings.leaseSeconds, lock);
    for (;;) {
      const acquired = await lease.tryAcquire();
      if (acquired.held) return this.#withLease(lease, work);
      if (clock.now() >= end) return { kind: "again", why: acquired.why };
      await clock.sleep(LOOK_MILLISECONDS);
    }
  }

  async #withLease<T>(lease: NodeLease, work: (operation: Operation) => Promise<T>): Promise<Ran<T>> {
    const operation = new Operation({ ports: this.#ports, settings: this.#settings, kind: "cni", lease });
    try {
      await operation.read();
      await restoreRecords(operation);
      const value = await work(operation);
      return { kind: "ran", value };
    } catch (error) {
      if (error instanceof Interrupted) return { kind: "again", why: error.message };
      throw error;
    } finally {
      await giveBack(operation);
    }
  }
}

/** Work that ended in trouble is reported too: what it was is in the objects. Without a report everything is kept. */
async function giveBack(operation: Operation): Promise<void> {
  if (!operation.lease.isHeld) return;
  try {
    if (operation.view === undefined) await operation.read();
    await writeReport(operation);
  } catch {
    // The work's own outcome must not be lost with it.
  }
  // A lease that can't be given back is replaced by the next call at once, and ends by itself for everybody else.
  await operation.lease.handOver().catch(() => undefined);
}
