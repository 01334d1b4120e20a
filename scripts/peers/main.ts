/**
 * Real peers of the product on this machine: kube-apiserver with etcd and the kube-controller-manager, kubectl, LocalStack.
 *
 *   npm run peers:build       builds them and the linters of the infrastructure, once; up and test build, too
 *   npm run peers:up          builds (once) and starts them; prints the environment variables that the tests read
 *   npm run peers:down        ends them, and whatever a killed run has left
 *   npm run test:peers        the tests that need them, on those that are up, or on its own for the time it takes
 *   npm run test:peers -- …   arguments for jest
 *
 * Exit 0: done. 1: failed. 2: wrong usage, or something is missing on the machine. 130: interrupted.
 */
import { buildAll } from "./build/all.ts";
import { buildInfraLint } from "./build/infra-lint.ts";
import { foldersOf } from "./folders.ts";
import { Missing, say } from "./progress.ts";
import { down } from "./verbs/down.ts";
import { testOnPeers } from "./verbs/test.ts";
import { up } from "./verbs/up.ts";

const folders = foldersOf(process.env);
const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => {
    if (!interrupted.signal.aborted) say("ending what was started ...");
    interrupted.abort(new Error("interrupted"));
  });

async function main([verb, ...args]: readonly string[]): Promise<number> {
  switch (verb) {
    case "build":
      await buildInfraLint(folders.builds, interrupted.signal);
      await buildAll(folders.builds, interrupted.signal);
      return 0;
    case "up":
      return up(folders, interrupted.signal);
    case "down":
      return down(folders);
    case "test":
      return testOnPeers(folders, args, interrupted.signal);
    default:
      say("usage: node scripts/peers/main.ts build | up | down | test [arguments for jest]");
      return 2;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (interrupted.signal.aborted) process.exitCode = 130;
  else {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof Missing ? 2 : 1;
  }
}
