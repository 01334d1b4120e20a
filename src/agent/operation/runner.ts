import type { LockNote } from "../lease/lock-note.ts";
import type { Operation } from "./operation.ts";

export type Ran<T> =
  | { readonly kind: "ran"; readonly value: T }
  /** The world of the node stands still, or belongs to somebody else for the moment. */
  | { readonly kind: "again"; readonly why: string };

export interface RunOptions {
  /** How long it waits for the lease, own time. */
  readonly patienceSeconds: number;
}

/** Runs work under the node's lease, one after the other. ipamd and the daemonless CNI each have their own way to it. */
export interface Runner {
  run<T>(work: (operation: Operation) => Promise<T>, options: RunOptions): Promise<Ran<T>>;
  /** What the lock file says; nothing where another process of the node holds it. */
  note(): Promise<LockNote>;
}
