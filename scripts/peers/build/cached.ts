import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { timed } from "../progress.ts";

export interface Build {
  /** What it is and of which version, for folders and people. */
  readonly name: string;
  /** All that changes what comes out. */
  readonly key: readonly string[];
  /** Makes it in the folder given; the folder is moved when it is done. */
  make(folder: string): Promise<void>;
}

/** The folder of a build: at once where it was made before, else after it is made. */
export async function cached(builds: string, { name, key, make }: Build): Promise<string> {
  const digest = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 12);
  const folder = join(builds, `${name}-${platform()}-${arch()}-${digest}`);
  if (existsSync(folder)) return folder;
  mkdirSync(builds, { recursive: true });
  dropAbandoned(builds);
  const draft = join(builds, `.draft-${process.pid}-${name}`);
  try {
    mkdirSync(draft);
    await timed(`built ${name}`, () => make(draft));
    // Somebody else may have been as fast: either is as good.
    if (!existsSync(folder)) renameSync(draft, folder);
    return folder;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Drafts whose maker is gone: it was killed with no chance to clean up. */
function dropAbandoned(builds: string): void {
  for (const entry of readdirSync(builds)) {
    const maker = /^\.draft-(\d+)-/.exec(entry)?.[1];
    if (maker !== undefined && !exists(Number(maker)))
      rmSync(join(builds, entry), { recursive: true, force: true });
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
