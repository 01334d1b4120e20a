import { withMirror } from "../../../src/adapters/kubernetes/labels.ts";
import { API_GROUP, API_VERSION, FREEZE_CONFIG_MAP, LABEL } from "../../../src/domain/objects/names.ts";
import type { StoredVpcIP } from "../../../src/domain/objects/vpcip.ts";
import type { SandboxNode } from "../../../src/sandbox/engine/node.ts";
import * as keepers from "../../../src/sandbox/scenarios/keepers.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import type { Run } from "../every-point.ts";
import { Cluster } from "../harness.ts";
import { collecting, die, leaky } from "./laid.ts";

const LONG_AGO = -7200;

/** Leaks of each kind, a mark of what is in the pool, a claim whose Pod went, a node that EC2 doesn't know any more. */
async function troubled(): Promise<Cluster> {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 9 });
  node.runPod("web");
  leaky(node);
  keepers.retained(node, "db", "AfterExpiry");
  const pooled = node.spare();
  node.layRecord(pooled, {
    leak: { cause: "never-recorded", scope: "Address", firstObservedAt: cluster.world.timestamp() },
  });
  node.updateStatus((status) => ({ ...status, pool: [pooled] }));
  markClaimed(cluster, node);
  oddRecord(node);
  cluster.world.truth.need(pooled.address, pooled.interfaceID, "pool");
  const gone = cluster.node("gone", { secondaries: 2 });
  const pod = gone.runPod("old");
  await cluster.start();
  die(cluster, gone, [pod]);
  await cluster.wait(61);
  const trip = { scope: "node", name: "elsewhere", leaked: 20, total: 20, limit: 0.8 };
  cluster.freeze({ frozen: "false", breaker: JSON.stringify([trip]) });
  return cluster;
}

/** A mark on what its Pod has, as a list that was too old may leave it. */
function markClaimed({ world }: Cluster, node: SandboxNode): void {
  const [pod] = node.pods.values();
  const stored = pod === undefined ? undefined : world.api.get<StoredVpcIP>("vpcips", { name: pod.address });
  if (stored === undefined) throw new Error("no Pod has a record");
  const leak = { cause: "pod-gone", scope: "Address", firstObservedAt: world.timestamp() } as const;
  world.api.replace("vpcips", withMirror({ ...stored, spec: { ...stored.spec, leak } }));
}

const ELSEWHERE = { nodeName: "elsewhere", instanceID: "i-0dead00000000dead" };
const claimOf = (name: string) => ({ namespace: "default", name, podUID: name, containerID: name });

/** A record that agrees with nothing is kept for people to look at. */
function oddRecord(node: SandboxNode): void {
  const place = node.spare();
  node.layRecord(place, { ...ELSEWHERE, claim: claimOf("odd") });
  node.world.truth.need(place.address, place.interfaceID, "unknown-shape");
}

/** The record is of the node that had the address before. */
function movedHere(node: SandboxNode): void {
  node.layRecord(node.spare(), {
    ...ELSEWHERE,
    interfaceID: "eni-0dead00000000dead",
    claim: claimOf("moved"),
  });
}

/** Due marks, an expired claim, a tombstone that is over, a record whose node's name is too long for a label. */
async function dueWork(): Promise<Cluster> {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 9 });
  node.runPod("web");
  leaky(node);
  expiresSoon(node, "db");
  const over = node.spare();
  await cluster.start();
  node.updateStatus((status) => ({ ...status, pool: [...(status.pool ?? []), over] }));
  node.layRecord(over, {
    tombstones: [{ interfaceID: over.interfaceID, until: cluster.world.timestamp(60) }],
  });
  await cluster.collect("leaks");
  cluster.world.kubernetes.seed("vpcips.vpcip.dev", [
    {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: "VpcIP",
      metadata: {
        name: "10.0.0.250",
        labels: { "vpcip.dev/state": "Leaked", "vpcip.dev/node": "h01234567.too-long" },
      },
      spec: {
        nodeName: `${"n".repeat(60)}.example`,
        leak: {
          cause: "instance-gone",
          scope: "Address",
          firstObservedAt: cluster.world.timestamp(LONG_AGO),
        },
      },
    },
  ]);
  await cluster.wait(31);
  return cluster;
}

/** A static claim whose time is over in half an hour. */
function expiresSoon(node: SandboxNode, name: string): void {
  const place = node.spare();
  const spec = { static: true, reclaimPolicy: "AfterExpiry", expireAfter: "1h" };
  const uid = leaks.layClaim(node, name, place.address, { spec, detachedSeconds: -3000 });
  const claim = { namespace: "default", name, uid, podUID: `uid-of-${name}`, containerID: `was-${name}` };
  node.layRecord(place, { claim }, { labels: { [LABEL.state]: "Retained" } });
}

async function terminated(): Promise<Cluster & { readonly instanceID: string }> {
  const cluster = new Cluster();
  const node = cluster.node("gone", { secondaries: 3 });
  const pod = node.runPod("old");
  leaks.detachedInterface(node);
  const living = cluster.node("a");
  living.runPod("web");
  movedHere(living);
  await cluster.start();
  die(cluster, node, [pod]);
  return Object.assign(cluster, { instanceID: node.instanceID });
}

async function newInstall(): Promise<Cluster> {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 7 });
  node.runPod("web");
  leaks.neverRecorded(node);
  cluster.mirror.state = { clusterUID: "-", vpcIPUID: "-", nodeENIConfigUID: "-", claimUID: "-", runs: 0 };
  await cluster.start();
  cluster.mirror.state = undefined;
  return cluster;
}

/** The mirror remembers more runs than etcd. */
async function restored(): Promise<Cluster> {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 7 });
  node.runPod("web");
  leaks.neverRecorded(node);
  leaks.layClaim(node, "db", "10.0.0.240", { spec: { static: true }, detachedSeconds: -60 });
  await cluster.start();
  await cluster.collect("leaks");
  if (cluster.mirror.state !== undefined) cluster.mirror.state = { ...cluster.mirror.state, runs: 99 };
  return cluster;
}

async function thaw(cluster: Cluster): Promise<void> {
  await cluster.dueRun(31);
  if (cluster.released.length > 0) throw new Error("released although memory was lost");
  cluster.accept();
  cluster.heard.clear();
}

export const COLLECT_RUNS: readonly Run[] = [
  { name: "collect: leaks", lay: troubled, work: collecting({ kind: "leaks" }) },
  {
    name: "collect: leaks, of which some were seen before",
    lay: async () => {
      const cluster = await terminated();
      await cluster.collect("leaks");
      return cluster;
    },
    work: collecting({ kind: "leaks" }),
  },
  { name: "collect: due", lay: dueWork, work: collecting({ kind: "due" }) },
  {
    name: "collect: instance terminated",
    lay: terminated,
    work: (cluster, ports) => {
      const { instanceID } = cluster as Awaited<ReturnType<typeof terminated>>;
      return collecting({ kind: "instance-terminated", instanceID })(cluster, ports);
    },
  },
  { name: "collect: a new install", lay: newInstall, work: collecting({ kind: "due" }) },
  {
    name: "collect: lost memory, then a person's word",
    lay: restored,
    work: collecting({ kind: "leaks" }),
    after: thaw,
  },
  {
    name: "collect: lost memory, the freeze object with it",
    lay: async () => {
      const cluster = await restored();
      cluster.world.api.delete("configmaps", FREEZE_CONFIG_MAP);
      return cluster;
    },
    work: collecting({ kind: "leaks" }),
    after: thaw,
  },
  {
    name: "collect: takes a person's word",
    lay: async () => {
      const cluster = await restored();
      await cluster.collect("leaks");
      cluster.accept();
      return cluster;
    },
    work: collecting({ kind: "due" }),
  },
  {
    name: "collect: a person's freeze is on",
    lay: async () => {
      const cluster = await troubled();
      await cluster.collect("leaks");
      cluster.freeze();
      return cluster;
    },
    work: collecting({ kind: "leaks" }),
    after: async (cluster) => {
      await cluster.dueRun(31);
      if (cluster.released.length > 0) throw new Error("released while a freeze was on");
      cluster.freeze({ frozen: "false" });
      cluster.heard.clear();
    },
  },
];
