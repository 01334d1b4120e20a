import { homedir } from "node:os";
import { join } from "node:path";

/** Where the peers are built and run. */
export interface Folders {
  /** Finished builds, one folder each, named by what was built and of which versions. */
  readonly builds: string;
  /** What runs now: one folder a set of peers, with its data, logs and process IDs. */
  readonly instances: string;
}

/**
 * ENI_RECLAIMER_PEERS names the folder; else it is in the user's cache (XDG Base Directory Specification:
 * $XDG_CACHE_HOME, or ~/.cache).
 */
export function foldersOf(environment: Readonly<Record<string, string | undefined>>): Folders {
  const { ENI_RECLAIMER_PEERS: chosen, XDG_CACHE_HOME: cache } = environment;
  const root = chosen || join(cache || join(homedir(), ".cache"), "eni-reclaimer", "peers");
  return { builds: join(root, "builds"), instances: join(root, "instances") };
}
