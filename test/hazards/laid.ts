import { expect } from "@jest/globals";
import type { Address } from "../../src/domain/address.ts";
import type { NodeSeed, SandboxNode, SandboxPod } from "../../src/sandbox/engine/node.ts";
import { claimOf } from "../../src/sandbox/engine/node.ts";
import { Cluster } from "../reclaimer/harness.ts";

/**
 * A node with what a test lays on it, and a leak beside it: it has the node looked at closely and swept, and its release shows
 * that the runs did their work.
 */
export async function laidWith<T>(lay: (node: SandboxNode) => T, seed: Partial<NodeSeed> = {}) {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 9, ...seed });
  const laid = lay(node);
  const leaked = node.spare();
  await cluster.start();
  return { cluster, node, laid, leaked: leaked.address };
}

/** A Pod whose address no sandbox of any report shows: what else accounts for it must do. */
export function quietPod(
  node: SandboxNode,
  name: string,
  more: Parameters<SandboxNode["runPod"]>[1] = {},
): SandboxPod {
  const pod = node.runPod(name, more);
  node.pods.delete(pod.containerID);
  return pod;
}

/** The Pod's object as somebody else left it. */
export function showPod(
  node: SandboxNode,
  pod: Pick<SandboxPod, "uid" | "name" | "namespace">,
  status: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>> = {},
): void {
  node.world.kubernetes.erase("pods", pod.name, pod.namespace);
  node.layPod(pod, status, metadata);
}

/** The Pod is no more: its object and its sandbox are gone, unheard by the allocator. */
export function goes(node: SandboxNode, pod: SandboxPod): void {
  node.endSandbox(pod);
  node.world.kubernetes.erase("pods", pod.name, pod.namespace);
}

/** Another sandbox has the address, by its record too. */
export function takesOver(node: SandboxNode, pod: SandboxPod, uid?: string): void {
  const { api } = node.world;
  const record = api.get("vpcips", { name: pod.address });
  const { leak: _leak, ...spec } = (record?.["spec"] ?? {}) as { leak?: object };
  node.startSandbox(pod);
  const claim = { ...claimOf(pod), ...(uid === undefined ? {} : { uid }) };
  api.replace("vpcips", {
    ...record,
    metadata: { ...record?.metadata, name: pod.address },
    spec: { ...spec, claim },
  });
}

/** Days pass, and the address stays; its Pod goes, days pass, and it is given back. */
export async function expectKeptUntilGone({
  cluster,
  node,
  laid,
  leaked,
}: Awaited<ReturnType<typeof laidWith<SandboxPod>>>): Promise<void> {
  await twoDays(cluster);
  expect(fateOf(cluster, laid.address, leaked)).toEqual(KEPT);
  goes(node, laid);
  await twoDays(cluster);
  expect(fateOf(cluster, laid.address, leaked)).toEqual(RELEASED);
}

/** Two days of the schedules: what may go at all is gone then. */
export async function twoDays(cluster: Cluster): Promise<void> {
  for (let days = 0; days < 2; days++) await cluster.day();
}

/** That an address was neither marked nor given back, and that the leak beside it was. */
export function fateOf(cluster: Cluster, address: Address | string, leaked: string) {
  return {
    isThere: cluster.has(address),
    isMarked: cluster.isMarked(address),
    wrong: cluster.wrong,
    isLeakGone: !cluster.has(leaked),
  };
}

export const KEPT = { isThere: true, isMarked: false, wrong: [], isLeakGone: true };
export const RELEASED = { isThere: false, isMarked: false, wrong: [], isLeakGone: true };
