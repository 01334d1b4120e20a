import { basename } from "node:path";
import type { Folders } from "../folders.ts";
import { say } from "../progress.ts";
import { Instance } from "../run/instance.ts";

/** Ends all sets of peers but those whose owner is still at work: a run of tests ends its own. */
export async function down(folders: Folders): Promise<number> {
  const ended = Instance.all(folders.instances).filter(({ isOwned }) => !isOwned);
  for (const instance of ended) {
    await instance.end();
    say(`ended ${basename(instance.folder)}`);
  }
  if (ended.length === 0) say("none is up");
  return 0;
}
