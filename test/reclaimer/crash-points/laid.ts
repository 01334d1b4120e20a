import { readSweepMessage } from "../../../src/adapters/sqs/message.ts";
import { SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import { clean, collect, sweep } from "../../../src/reclaimer/index.ts";
import type { CleanRequest, CollectRequest } from "../../../src/reclaimer/requests.ts";
import type { Settings, SweepPorts } from "../../../src/reclaimer/settings.ts";
import type { SandboxNode, SandboxPod } from "../../../src/sandbox/engine/node.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import type { Run } from "../every-point.ts";
import { Cluster } from "../harness.ts";

type Work = Run["work"];

export const collecting =
  (request: CollectRequest): Work =>
  (cluster, ports) =>
    collect(ports, cluster.settings, request);

export const cleaning =
  (request: Partial<CleanRequest>): Work =>
  (cluster, ports) =>
    clean(ports, cluster.settings, { requestId: "by-hand", dryRun: false, ...request });

/** The function's next message; it is acknowledged only where the work ends well. */
export async function sweeping(cluster: Cluster, ports: SweepPorts): Promise<void> {
  const { queue } = cluster.world;
  const [message] = queue.receive(1);
  if (message === undefined) throw new Error("there is no message");
  const read = readSweepMessage(message.body);
  if (!read.readable) throw new Error(read.why);
  await sweep(ports, cluster.settings, read.object);
  queue.delete(message.receiptHandle ?? "");
}

/** A cluster with one node, on which something is laid. Its marks are due, and its message is in the queue. */
export function dueOn(
  lay: (node: SandboxNode, cluster: Cluster) => void,
  seed: Parameters<Cluster["node"]>[1] = {},
  over: Partial<Settings> = {},
): () => Promise<Cluster> {
  return async () => {
    const cluster = new Cluster(over);
    const node = cluster.node("a", { secondaries: 7, ...seed });
    node.runPod("web");
    lay(node, cluster);
    await cluster.start();
    return due(cluster);
  };
}

export async function due(cluster: Cluster): Promise<Cluster> {
  await cluster.collect("leaks");
  await cluster.wait(31);
  await cluster.collect("due");
  return cluster;
}

/** The first message finds the lease held by somebody who is dead; the next one is there, and may take it over. */
export async function busyOnce(cluster: Cluster): Promise<Cluster> {
  const { queue } = cluster.world;
  while (queue.counts().visible > 0) await cluster.run((ports) => sweeping(cluster, ports));
  await cluster.clock.pass((queue.nextVisibleAt() ?? 0) - cluster.clock.now());
  return cluster;
}

/** Leaked in each way that the mark pass knows, and one that an earlier run left. */
export function leaky(node: SandboxNode): void {
  leaks.neverRecorded(node);
  leaks.podGone(node, "gone");
  leaks.unfinishedRelease(node);
}

/** The instance is terminated, its Node and its Pods are gone, its allocator answers nothing any more. */
export function die(cluster: Cluster, node: SandboxNode, pods: readonly SandboxPod[] = []): void {
  node.terminate();
  node.removeNodeObject();
  for (const { name, namespace } of pods) cluster.world.kubernetes.erase("pods", name, namespace);
  cluster.allocator(node.name).kill();
  cluster.allocators.delete(node.name);
}

/** Somebody writes to the lease right before the functions' nth write to it. */
export function touchLeaseBefore(cluster: Cluster, nth: number, verb = "PUT", node = "a"): void {
  cluster.when({ verb, resource: "leases.coordination.k8s.io", nth }, () => {
    const lease = cluster.lease(node);
    if (lease === undefined) return;
    const labels = { touched: "yes" };
    const metadata = { ...lease.metadata, name: node, namespace: SYSTEM_NAMESPACE, labels };
    cluster.world.api.replace("leases", { ...lease, metadata });
  });
}

/** EC2 answers the first requests of an action so. */
export function ec2Answers(cluster: Cluster, action: string, code: string, times = 1): void {
  for (let nth = 1; nth <= times; nth++) cluster.cloudRefuses(action, code, { nth });
}
