import { join } from "node:path";
import type { Folders } from "../folders.ts";
import { say } from "../progress.ts";
import { type Environment, Instance } from "../run/instance.ts";
import { startAll } from "../run/start-all.ts";

/** The set of peers that is started by hand, and that tests use while it is there. */
export const BY_HAND = "up";

export async function up(folders: Folders, signal: AbortSignal): Promise<number> {
  const there = Instance.find(join(folders.instances, BY_HAND));
  if (there?.environment !== undefined) {
    say("they are up already");
    print(there.environment);
    return 0;
  }
  if (there?.isOwned) {
    say("somebody is starting them at this moment");
    return 1;
  }
  // What is left of a run that was killed.
  await there?.end();
  const instance = await startAll(folders, BY_HAND, signal);
  if (signal.aborted) {
    await instance.end();
    return 130;
  }
  say(
    'npm run test:peers uses them; npm run peers:down ends them; eval "$(npm --silent run peers:up)" sets:',
  );
  print(instance.environment ?? {});
  return 0;
}

function print(environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) console.log(`export ${name}='${value}'`);
}
