import { withMirror } from "../../../src/adapters/kubernetes/labels.ts";
import { API_GROUP, API_VERSION } from "../../../src/domain/objects/names.ts";
import { bound } from "../../../src/domain/record-transitions.ts";
import type { SandboxNode } from "../../../src/sandbox/engine/node.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { lineTo } from "../../line-to.ts";
import { bareInterface, layWaiting } from "../awaited.ts";
import type { Run } from "../every-point.ts";
import { Cluster } from "../harness.ts";
import { busyOnce, collecting, die, due, dueOn, sweeping } from "./laid.ts";

const claimOf = (name: string, uid: string) => ({
  namespace: "default",
  name,
  uid,
  podUID: `uid-of-${name}`,
  containerID: `was-${name}`,
});

/** A Pod's record with a tombstone of another interface, that ends in so many seconds. */
async function boundPod(seconds: number): Promise<Cluster> {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 4, extraInterfaces: 1 });
  const pod = node.runPod("web");
  await cluster.start();
  const record = cluster.record(pod.address);
  const other = node.interfaceIDs.find((id) => id !== pod.interfaceID) ?? "";
  if (record === undefined) throw new Error("no Pod has a record");
  const until = cluster.world.timestamp(seconds);
  cluster.world.api.replace("vpcips", withMirror(bound(record, other, until)) as never);
  return cluster;
}

/** A static claim's record that names no place, while EC2 has its address on the node. */
function layWithoutPlace({ world }: Cluster, node: SandboxNode): void {
  const [interfaceID = ""] = node.interfaceIDs;
  const [address = ""] = world.ec2.seed.assign(interfaceID, 1);
  const uid = leaks.layClaim(node, "db", address, { spec: { static: true } });
  const claim = claimOf("db", uid);
  node.layRecord({ address, interfaceID } as never, { claim, instanceID: undefined, interfaceID: undefined });
  world.truth.need(address as never, interfaceID, "retained");
}

/** A static claim whose status was lost; its record names it. */
function layWithoutStatus({ world }: Cluster, node: SandboxNode): void {
  const [interfaceID = ""] = node.interfaceIDs;
  const [address = ""] = world.ec2.seed.assign(interfaceID, 1);
  const uid = leaks.layClaim(node, "lost", address, { spec: { static: true } });
  const claim = world.api.get("vpcipclaims", { namespace: "default", name: "lost" });
  world.api.replaceStatus("vpcipclaims", { ...claim, status: {} } as never);
  node.layRecord({ address, interfaceID } as never, { claim: claimOf("lost", uid) });
  world.truth.need(address as never, interfaceID, "retained");
}

/** A config that nobody ever wrote to, the first look at it an hour ago; what the daily run does for claims. */
async function dailyWork(): Promise<Cluster> {
  const cluster = await boundPod(1800);
  const metadata = { name: "never" };
  const kind = { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: "NodeENIConfig" };
  cluster.world.api.lay("nodeeniconfigs", { ...kind, metadata, spec: {} });
  await cluster.collect("leaks");
  await cluster.wait(61);
  layWithoutPlace(cluster, cluster.allocator().node);
  layWithoutStatus(cluster, cluster.allocator().node);
  return cluster;
}

/** An expired static claim that no record names any more. */
async function expiredAlone(): Promise<Cluster> {
  const cluster = new Cluster();
  const node = cluster.node("a", { secondaries: 4 });
  node.runPod("web");
  leaks.layClaim(node, "db", "10.0.0.240", {
    spec: { static: true, reclaimPolicy: "AfterExpiry", expireAfter: "1h" },
    detachedSeconds: -3000,
  });
  await cluster.start();
  await cluster.wait(61);
  return cluster;
}

/** A static claim's record on a node that is gone: with its address on an interface that stayed, or none. */
const deadWithStatic = (hasAddress: boolean) => async (): Promise<Cluster> => {
  const cluster = new Cluster({
    breaker: { nodeShare: 1, subnetShare: 1, clusterShare: 1, minimumLeaks: 99 },
  });
  const node = cluster.node("gone", { secondaries: 2 });
  cluster.node("a").runPod("web");
  await cluster.start();
  layStatic(cluster, node, hasAddress);
  die(cluster, node);
  return busyOnce(await due(cluster));
};

function layStatic(cluster: Cluster, node: SandboxNode, hasAddress: boolean): void {
  const stayed = leaks.detachedInterface(node);
  const [address = ""] = hasAddress ? cluster.world.assignedTo(stayed) : ["10.0.0.240"];
  const uid = leaks.layClaim(node, "db", address, { spec: { static: true } });
  node.layRecord(
    { address: address as never, interfaceID: stayed },
    { claim: claimOf("db", uid), ...(hasAddress ? {} : { interfaceID: undefined }) },
  );
}

/** A static claim's record is lent to a detached interface that has no other name. */
const lentRecord = dueOn((node) => {
  const { address } = bareInterface(node);
  layWaiting(node, address, leaks.layClaim(node, "db", address, { spec: { static: true } }));
});

/** The same, where a run has died after EC2 deleted the interface. */
async function lentByTheDead(): Promise<Cluster> {
  const cluster = await lentRecord();
  await cluster.run((ports) => sweeping(cluster, ports), lineTo(/^DeleteNetworkInterface/, "killed-after"));
  await cluster.collect("due");
  return busyOnce(cluster);
}

/** Another run counts itself, in etcd and the mirror, between this one's looks at the two. */
async function countedMeanwhile(): Promise<Cluster> {
  const cluster = await expiredAlone();
  const name = "sentinel.vpcip.dev";
  cluster.when({ verb: "GET", resource: "nodeeniconfigs.vpcip.dev", name, nth: 1 }, () => {
    const config = cluster.world.api.get("nodeeniconfigs", { name });
    const runs = Number(config?.metadata.annotations?.["vpcip.dev/run-counter"]);
    const annotations = { ...config?.metadata.annotations, "vpcip.dev/run-counter": String(runs + 1) };
    cluster.world.api.replace("nodeeniconfigs", {
      ...config,
      metadata: { ...config?.metadata, annotations },
    } as never);
    const { state } = cluster.mirror;
    if (state !== undefined) cluster.mirror.state = { ...state, runs: runs + 1 };
  });
  return cluster;
}

/** Static claims, what is bound to records that go on, and configs that nobody used. */
export const CLAIM_RUNS: readonly Run[] = [
  { name: "sweep: an interface by a lent record", lay: lentRecord, work: sweeping },
  { name: "sweep: a lent record that is given back", lay: lentByTheDead, work: sweeping },
  {
    name: "collect: leaks, claims without place or status, a bound record, a config that nobody used",
    lay: dailyWork,
    work: collecting({ kind: "leaks" }),
  },
  {
    name: "collect: due, an expired claim that no record names",
    lay: expiredAlone,
    work: collecting({ kind: "due" }),
    isShort: true,
  },
  {
    name: "collect: due, another run counts itself meanwhile",
    lay: countedMeanwhile,
    work: collecting({ kind: "due" }),
  },
  {
    name: "sweep: a Pod's record that was bound for long enough",
    lay: async () => {
      const cluster = await boundPod(1800);
      await cluster.wait(31);
      await cluster.collect("leaks");
      return cluster;
    },
    work: sweeping,
  },
  {
    name: "sweep: a static claim's address on what a dead node left",
    lay: deadWithStatic(true),
    work: sweeping,
  },
  { name: "sweep: a static claim's record of a dead node", lay: deadWithStatic(false), work: sweeping },
];
