import { join } from "node:path";
import type { Instance } from "./instance.ts";
import { freePorts, untilReady } from "./ready.ts";

/** Starts etcd; returns the URL of its clients. */
export async function startEtcd(instance: Instance, binary: string, signal: AbortSignal): Promise<string> {
  const [clients, peers] = await freePorts(2);
  const url = `http://127.0.0.1:${clients}`;
  const peerURL = `http://127.0.0.1:${peers}`;
  const child = instance.start("etcd", binary, [
    `--data-dir=${join(instance.folder, "etcd")}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peerURL}`,
    `--initial-advertise-peer-urls=${peerURL}`,
    `--initial-cluster=default=${peerURL}`,
    // Nothing has to survive a power cut.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ]);
  const isReady = async () => (await fetch(`${url}/readyz`)).ok;
  await untilReady(instance, "etcd", child, isReady, signal);
  return url;
}

/**
 * Drops all keys that begin so, by etcd's JSON gateway (https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/; a range ends before
 * `range_end`).
 */
export async function dropKeys(etcd: string, prefix: string): Promise<void> {
  const key = Buffer.from(prefix);
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  const answer = await fetch(`${etcd}/v3/kv/deleterange`, {
    method: "POST",
    body: JSON.stringify({ key: key.toString("base64"), range_end: end.toString("base64") }),
  });
  if (!answer.ok) throw new Error(`etcd keeps ${prefix}: ${answer.status} ${await answer.text()}`);
}
