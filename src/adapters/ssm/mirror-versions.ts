import * as z from "zod";
import type { Mirrored, MirroredState } from "../../ports/mirror.ts";

/**
 * Parameter Store overwrites on no condition; but each write is a version of its own, one more than the last, and older ones can be
 * read by their number (Systems Manager User Guide, "Working with parameter versions in Parameter Store"). So each value says which
 * version its writer had read. One that doesn't follow the version right before it was overtaken, and counts for nothing: what was
 * before it counts on.
 */
export interface MirrorVersion {
  readonly version: number;
  readonly value: string;
}

/** What was mirrored could not be read or written: nothing is known of the memory, which is not the same as a new install. */
export class MirrorError extends Error {
  override readonly name = "MirrorError";
}

const mirrorValue = z.object({
  clusterUID: z.string().min(1),
  vpcIPUID: z.string().min(1),
  nodeENIConfigUID: z.string().min(1),
  claimUID: z.string().min(1),
  runs: z.int().min(0),
  isLost: z.literal(true).optional(),
  /** Absent where a person wrote it by hand, who means it. */
  follows: z.int().min(0).optional(),
});

/** Overtaken writes in a row that are looked through: far more than functions run at once. */
const MOST_OVERTAKEN = 50;

/** The value of the write that follows this version. */
export function valueAfter(follows: number, state: MirroredState): string {
  return JSON.stringify(mirrorValue.parse({ ...state, follows }));
}

/**
 * What the mirror says, by its newest version and those before it.
 *
 * @param read the newest version, or the one of this number; undefined where nothing was ever written
 * @throws Error with what is wrong of a value, or of the versions
 */
export async function whatCounts(
  read: (version?: number) => Promise<MirrorVersion | undefined>,
): Promise<Mirrored> {
  const newest = await read();
  if (newest === undefined) return { state: undefined, version: 0 };
  let next: MirrorVersion = newest;
  for (let overtaken = 0; overtaken <= MOST_OVERTAKEN; overtaken++) {
    const { follows, ...state } = parsed(next);
    if (follows === undefined || follows === next.version - 1) return { state, version: newest.version };
    // The first version of all, left by a late write: whatever it followed was deleted.
    if (next.version === 1) return { state: undefined, version: newest.version };
    const before = await read(next.version - 1);
    if (before === undefined) throw new Error(`its version ${next.version - 1} is gone`);
    next = before;
  }
  throw new Error(`more than ${MOST_OVERTAKEN} writes in a row were overtaken`);
}

function parsed({ version, value }: MirrorVersion): z.infer<typeof mirrorValue> {
  let raw: unknown;
  try {
    raw = JSON.parse(value);
  } catch (cause) {
    throw new Error(`its value of version ${version} is not JSON`, { cause });
  }
  const { success, data, error } = mirrorValue.safeParse(raw);
  if (!success) throw new Error(`its value of version ${version} has another shape`, { cause: error });
  return data;
}
