import type { Address } from "../domain/address.ts";
import type { CloudAssigner } from "../ports/assigner.ts";
import type { Clock, Identities } from "../ports/clock.ts";
import type { CloudReader, CloudReleaser } from "../ports/cloud.ts";
import type { ClusterReader, ClusterWriter, LeaseStore } from "../ports/cluster.ts";

/** A sandbox with an address wired in. */
export interface LiveSandbox {
  readonly containerID: string;
  readonly address: Address;
  readonly interfaceID: string;
  readonly podUID: string;
  readonly podNamespace: string;
  readonly podName: string;
}

/** What the node's kernel and container runtime truly have: reading it is what "evidence" is on the node. */
export interface Host {
  readonly nodeName: string;
  readonly instanceID: string;
  readonly bootID: string;
  /** The sandboxes that have an address wired in now. */
  sandboxes(): readonly LiveSandbox[];
  /**
   * Wires the address into the Pod: from here on it is in use. Idempotent. Nothing of it happens after the node's lock file is free:
   * a program that is started for it inherits the open file, and with it the lock (flock(2)).
   */
  connect(sandbox: LiveSandbox): Promise<void>;
  /** Takes the Pod's network down. Idempotent, also for a sandbox that never was. */
  disconnect(containerID: string): Promise<void>;
}

/**
 * The node's lock file (flock(2)): held by one process of the node at a time, and let go by the kernel when that
 * process ends, however it ends.
 */
export interface HostLock {
  /** Waits at most so long, in own time; undefined where another process holds it still. */
  acquire(patienceMilliseconds: number): Promise<HeldLock | undefined>;
}

export interface HeldLock {
  /** What a holder noted last in the file. It survives processes and boots, and etcd's restore does not change it. */
  noted(): string | undefined;
  note(text: string): Promise<void>;
  release(): Promise<void>;
}

/** Everything that the node's side of the protocol needs. */
export interface AgentPorts {
  readonly cluster: ClusterReader;
  readonly writer: ClusterWriter;
  readonly leases: LeaseStore;
  readonly cloud: CloudReader;
  readonly releaser: CloudReleaser;
  readonly assigner: CloudAssigner;
  readonly host: Host;
  readonly clock: Clock;
  readonly identities: Identities;
  /** Hears what went wrong in the background: nothing of it stops the allocator, and the next pass tries again. */
  readonly troubled?: (what: string, error: unknown) => void;
}
