import * as z from "zod";
import type { LeaseSpecSeen } from "../../domain/node-lease.ts";
import type { HeldLock } from "../ports.ts";

/** Somebody's lease as it was first seen, and when, own time, milliseconds since the epoch. */
export interface LeaseWatched {
  readonly lease: LeaseSpecSeen;
  readonly at: number;
}

/** EC2 refused: it is not asked for the same again before so many seconds. */
export interface Pause {
  /** Own time, milliseconds since the epoch. */
  readonly since: number;
  readonly seconds: number;
  /** How often it was refused, one after the other. */
  readonly times: number;
  /** The node's sweepEpoch then: whoever gives back an address of the node bumps it, and the pause is over. */
  readonly epoch?: number | undefined;
  /** For people. */
  readonly why: string;
}

/** By what was refused: a subnet, an interface, or EC2 as a whole. */
export type Pauses = Readonly<Record<string, Pause>>;

/**
 * What the node keeps in its lock file, outside of etcd: the identity of its last acquisition and the epoch of its last release, by
 * which it knows that etcd still remembers them (H61); the lease that a process without memory found taken; what EC2 has refused; and until when, own time,
 * each hand-over request stands that was seen.
 */
export interface LockNote {
  readonly identity?: string | undefined;
  readonly watched?: LeaseWatched | undefined;
  readonly pauses?: Pauses | undefined;
  readonly requests?: Readonly<Record<string, number>> | undefined;
  /** The node's sweepEpoch when one of its own last gave back an address: an etcd that knows a lower one has gone back (H61). */
  readonly epoch?: number | undefined;
  /** After etcd went back: when what it says of pools is held against EC2 once more, API-server time, milliseconds since the epoch. */
  readonly lookAgainAt?: number | undefined;
}

const leaseWatched = z.object({
  lease: z.object({
    uid: z.string(),
    holder: z.string(),
    acquireTime: z.string(),
    renewTime: z.string(),
    durationSeconds: z.number(),
  }),
  at: z.number(),
});
const pause = z.object({
  since: z.number(),
  seconds: z.number(),
  times: z.number(),
  epoch: z.number().optional(),
  why: z.string(),
});
const lockNote = z.object({
  identity: z.string().optional(),
  watched: leaseWatched.optional(),
  pauses: z.record(z.string(), pause).optional().catch(undefined),
  requests: z.record(z.string(), z.number()).optional().catch(undefined),
  epoch: z.number().optional(),
  lookAgainAt: z.number().optional(),
});

/** A file that can't be read says nothing. */
export function readLockNote(text: string | undefined): LockNote {
  try {
    const parsed = lockNote.safeParse(JSON.parse(text ?? "{}"));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

/** The note of whoever holds the lock. */
export class NodeNote {
  readonly #lock: HeldLock;
  /** What was read last, so that the same text is read once. */
  #read: { readonly text: string | undefined; readonly note: LockNote } | undefined;

  constructor(lock: HeldLock) {
    this.#lock = lock;
  }

  get now(): LockNote {
    const text = this.#lock.noted();
    if (this.#read === undefined || this.#read.text !== text) this.#read = { text, note: readLockNote(text) };
    return this.#read.note;
  }

  /** What the change doesn't name stays. */
  async change(change: LockNote): Promise<void> {
    await this.#lock.note(JSON.stringify({ ...this.now, ...change }));
  }
}
