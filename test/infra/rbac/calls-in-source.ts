import { readdirSync, readFileSync } from "node:fs";
import { clusterOver } from "../../../src/adapters/kubernetes/index.ts";
import type { Call } from "../../../src/adapters/kubernetes/wire.ts";
import { ManualClock } from "../../../src/sandbox/in-process/index.ts";
import { type Request, requestOf } from "./request.ts";

/** Any object: what it is about is in its name. */
const OBJECT = { metadata: { namespace: "ns", name: "name", uid: "uid", resourceVersion: "1" }, spec: {} };
const NAMES = ["ns", "name", {}] as const;
const BY_NAME = /^(get|list|nodeConfigVersions|livePodUIDs|clusterUID|createConfigMap|replaceConfigMap)/;

/** The first request of a method of the adapter's ports, whatever is asked of it. */
async function requestOfMethod(port: string, method: string): Promise<Request | undefined> {
  const calls: Call[] = [];
  const wire = {
    send(call: Call): Promise<never> {
      calls.push(call);
      return Promise.reject(new Error("asked enough"));
    },
    close: () => undefined,
  };
  const cluster = clusterOver(wire, new ManualClock(0));
  const ports = { cluster: cluster.reader, writer: cluster.writer, leases: cluster.leases };
  const called = (ports[port as keyof typeof ports] as unknown as Record<string, unknown>)[method];
  if (typeof called !== "function") throw new Error(`${port}.${method} is no method of the ports`);
  const given =
    port !== "leases" && BY_NAME.test(method)
      ? NAMES
      : [port === "leases" && method === "get" ? "name" : OBJECT];
  try {
    await (called as (...args: readonly unknown[]) => unknown).call(
      ports[port as keyof typeof ports],
      ...given,
    );
  } catch {
    // Nobody answers.
  }
  const [call] = calls;
  return call === undefined ? undefined : requestOf(`${call.method} ${call.path}`);
}

/** What the source of a folder names of the ports, and the request that it is: `cluster.getPod` is `get pods`. */
export async function callsIn(folder: URL): Promise<ReadonlyMap<string, Request>> {
  const source = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(new URL(file, folder), "utf8"))
    .join("\n");
  const found = new Map<string, Request>();
  for (const [, port = "", method = ""] of source.matchAll(/\b(cluster|writer|leases)\s*\.(\w+)\(/g)) {
    const request = method === "serverTime" ? undefined : await requestOfMethod(port, method);
    if (request !== undefined) found.set(`${port}.${method}`, request);
  }
  return found;
}
