import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import type { Instance } from "./instance.ts";

/** Ports that are free now, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve, reject) => {
            server.once("error", reject);
            server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
          }),
      ),
    );
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

const PATIENCE_MILLISECONDS = 180_000;

/** Waits until the peer answers. Throws, with the end of its log, where it dies or takes too long. */
export async function untilReady(
  instance: Instance,
  name: string,
  child: ChildProcess,
  isReady: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const until = Date.now() + PATIENCE_MILLISECONDS;
  while (!(await isReady().catch(() => false))) {
    signal.throwIfAborted();
    const why = hasEnded(child) ? "has ended" : Date.now() > until ? "does not get ready" : undefined;
    if (why !== undefined) {
      const lines = readFileSync(instance.log(name), "utf8").trimEnd().split("\n").slice(-15);
      throw new Error(`${name} ${why}. The end of its log:\n${lines.join("\n")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;
