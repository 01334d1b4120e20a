import { basename } from "node:path";
import type { Folders } from "../folders.ts";
import { say } from "../progress.ts";
import { Instance } from "../run/instance.ts";

/** Ends all sets of peers but those whose owner is still at work: whoever starts one or runs tests on it ends it himself. */
export async function down(folders: Folders): Promise<number> {
  const all = Instance.all(folders.instances);
  for (const instance of all) {
    const name = basename(instance.folder);
    if (instance.isOwned) say(`left ${name}: whoever started it is still at work`);
    else {
      await instance.end();
      say(`ended ${name}`);
    }
  }
  if (all.length === 0) say("none is up");
  return 0;
}
