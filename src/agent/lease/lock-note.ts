import * as z from "zod";
import type { LeaseSpecSeen } from "../../domain/node-lease.ts";

/** Somebody's lease as it was first seen, and when, own time, milliseconds since the epoch. */
export interface LeaseWatched {
  readonly lease: LeaseSpecSeen;
  readonly at: number;
}

/**
 * What the node keeps in its lock file, outside of etcd: the identity of its last acquisition, by which it knows that etcd
 * still remembers it (H61); and the lease that a process without memory found taken.
 */
export interface LockNote {
  readonly identity?: string | undefined;
  readonly watched?: LeaseWatched | undefined;
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
const lockNote = z.object({ identity: z.string().optional(), watched: leaseWatched.optional() });

/** A file that can't be read says nothing. */
export function readLockNote(text: string | undefined): LockNote {
  try {
    const parsed = lockNote.safeParse(JSON.parse(text ?? "{}"));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

export const writeLockNote = (note: LockNote): string => JSON.stringify(note);
