import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Folders } from "../folders.ts";
import { say } from "../progress.ts";
import { type Environment, Instance } from "../run/instance.ts";
import { startAll } from "../run/start-all.ts";
import { BY_HAND } from "./up.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** The tests on real peers, and the simulators' own runs of the same contracts. */
const TESTS = [
  "test/peers/",
  "test/contract/",
  "test/sandbox/.*/contract",
  "test/adapters/kubernetes/contract",
  "test/adapters/ec2/(cloud|assigner).test",
  "test/adapters/memory/",
  "test/adapters/sqs/queue",
  "test/adapters/sns/topic",
  "test/adapters/ssm/mirror",
];

/** Runs the tests on the peers that are up, else on a set of their own; ends what it started, whatever happens. */
export async function testOnPeers(
  folders: Folders,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const there = Instance.find(join(folders.instances, BY_HAND))?.environment;
  if (there !== undefined) {
    say("using those that are up");
    return jest(there, args, signal);
  }
  const own = await startAll(folders, `test-${process.pid}`, signal);
  try {
    return await jest(own.environment ?? {}, args, signal);
  } finally {
    await own.end();
    say("ended");
  }
}

async function jest(environment: Environment, args: readonly string[], signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  const command = [
    "--experimental-vm-modules",
    "--disable-warning=ExperimentalWarning",
    join(ROOT, "node_modules/jest/bin/jest.js"),
    // A real server on a busy machine may take its time.
    "--testTimeout=60000",
    ...(args.some((arg) => !arg.startsWith("-")) ? [] : TESTS),
    ...args,
  ];
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  signal.addEventListener("abort", () => child.kill("SIGTERM"));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return signal.aborted ? 130 : (code ?? 1);
}
