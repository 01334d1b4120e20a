import type { Address } from "../../../src/domain/address.ts";
import type { SandboxNode } from "../../../src/sandbox/engine/node.ts";
import * as leaks from "../../../src/sandbox/scenarios/leaks.ts";
import { pool } from "../endings/laid.ts";
import type { Run } from "../every-point.ts";
import { Cluster } from "../harness.ts";
import { lineTo, UNASSIGN } from "../sweep/one-leak.ts";
import { busyOnce, dueOn, leaky, sweeping } from "./laid.ts";

const NO_BREAKER = { breaker: { nodeShare: 1, subnetShare: 1, clusterShare: 1, minimumLeaks: 99 } };

const TOUCHY = { nodeShare: 0.1, minimumLeaks: 1 };

/** Three leaks alike on one interface. */
function three(node: SandboxNode): void {
  for (let count = 0; count < 3; count++) leaks.neverRecorded(node);
}

export const threeLeaks = dueOn(three);
const wholePrefix = dueOn((node) => void node.addInterface(0, 1), {}, NO_BREAKER);
export const orphan = dueOn((node) => void leaks.detachedInterface(node));

/** A tombstone is over, and the pool still lists its address on the bound interface; another's address has gone. */
async function endedTombstones(): Promise<Cluster> {
  const cluster = await dueOn(() => undefined)();
  const { node } = cluster.allocator();
  const [inPool] = node.status.pool ?? [];
  if (inPool === undefined) throw new Error("the pool is empty");
  const { interfaceID } = inPool;
  const tombstones = [{ interfaceID, until: cluster.world.timestamp(-60) }];
  node.layRecord({ address: inPool.address as never, interfaceID }, { tombstones });
  node.layRecord({ address: "10.0.0.240" as never, interfaceID }, { tombstones });
  cluster.world.truth.forget(inPool.address as never, interfaceID);
  await cluster.collect("due");
  return cluster;
}

/** A tombstone on an address that moved here is over; the node that it came from has it in its pool yet. */
async function boundElsewhere(): Promise<Cluster> {
  const cluster = await dueOn((_node, cluster) => void cluster.node("b").runPod("api"))();
  const { node } = cluster.allocator();
  const other = cluster.allocator("b").node;
  const [interfaceID = ""] = other.interfaceIDs;
  const address = "10.0.0.240" as Address;
  pool(other, address, interfaceID);
  const tombstones = [{ interfaceID, until: cluster.world.timestamp(-60) }];
  node.layRecord({ address, interfaceID: node.interfaceIDs[0] ?? "" }, { tombstones });
  await cluster.collect("due");
  return cluster;
}

/** The API server refuses one member's intent, once. */
async function refusedMember(): Promise<Cluster> {
  const cluster = await wholePrefix();
  const [name = ""] = cluster.leaks;
  cluster.world.kubernetes.faults.add({
    verb: "PUT",
    resource: "vpcips.vpcip.dev",
    name,
    nth: 1,
    kind: "status",
    code: 409,
  });
  return cluster;
}

/** The record of an orphan is bound elsewhere for some time. */
async function boundOrphan(): Promise<Cluster> {
  const cluster = await orphan();
  const { node } = cluster.allocator();
  const record = cluster.record(cluster.leaks[0] ?? "");
  if (record === undefined) throw new Error("the orphan is not marked");
  const tombstones = [{ interfaceID: node.interfaceIDs[0] ?? "", until: cluster.world.timestamp(1200) }];
  cluster.world.api.replace("vpcips", { ...record, spec: { ...record.spec, tombstones } });
  return cluster;
}

/** A record of a static claim that a person has deleted. */
function claimGone(node: SandboxNode): void {
  const place = node.spare();
  const claim = { namespace: "default", name: "old", uid: "uid-old", podUID: "gone", containerID: "gone" };
  node.layRecord(place, { claim });
}

/** Intents of a run that died: a sandbox has the one address, the pool the other. */
async function putBack(): Promise<Cluster> {
  const cluster = await dueOn(() => undefined)();
  const { node } = cluster.allocator();
  const pod = [...node.pods.values()][0];
  const [pooled] = node.status.pool ?? [];
  if (pod === undefined || pooled === undefined) throw new Error("nothing to lay on");
  // Until the dead run's request can't come any more it is nobody's, whatever the pool says.
  cluster.world.truth.forget(pooled.address as never, pooled.interfaceID);
  for (const { address, interfaceID } of [pod, pooled]) {
    if (cluster.record(address) !== undefined) cluster.world.kubernetes.erase("vpcips.vpcip.dev", address);
    const time = cluster.world.timestamp(-3600);
    node.layRecord(
      { address: address as never, interfaceID },
      {
        leak: { cause: "never-recorded", scope: "Address", firstObservedAt: time },
        release: { run: "died", interfaceID, time },
      },
    );
  }
  await cluster.collect("due");
  return cluster;
}

/** A run was killed with its intent written and its lease held: the next message finds it busy, the one after takes over. */
async function afterKilledRun(): Promise<Cluster> {
  const cluster = await dueOn(leaky)();
  await cluster.run((ports) => sweeping(cluster, ports), lineTo(UNASSIGN, "killed-after"));
  await cluster.collect("due");
  return busyOnce(cluster);
}

const silent =
  (tries: number, happen: (node: SandboxNode) => void = () => undefined) =>
  async (): Promise<Cluster> => {
    const cluster = await dueOn(three)();
    cluster.allocator().kill();
    for (let done = 0; done < tries; done++) await busyOnce(cluster);
    happen(cluster.allocator().node);
    return cluster;
  };

/** A run died with its intent while the node was asked. */
function intentMeanwhile(node: SandboxNode): void {
  const [interfaceID = ""] = node.interfaceIDs;
  const [address = ""] = node.world.ec2.seed.assign(interfaceID, 1);
  const firstObservedAt = node.world.timestamp(-7200);
  node.layRecord({ address, interfaceID } as never, {
    leak: { cause: "never-recorded", scope: "Address", firstObservedAt },
    release: { run: "died", interfaceID, time: node.world.timestamp(-60) },
  });
}

export const SWEEP_RUNS: readonly Run[] = [
  { name: "sweep: single leaks", lay: dueOn(leaky), work: sweeping, isShort: true },
  {
    name: "sweep: a node without daemon",
    lay: dueOn(leaky, { allocator: "cni" }),
    work: sweeping,
    isShort: true,
  },
  {
    name: "sweep: an intent of another run",
    lay: dueOn(leaks.unfinishedRelease),
    work: sweeping,
    isShort: true,
  },
  {
    name: "sweep: a record of another run",
    lay: dueOn(leaks.unfinishedRecord),
    work: sweeping,
    isShort: true,
  },
  { name: "sweep: takes over from a killed run", lay: afterKilledRun, work: sweeping, isShort: true },
  { name: "sweep: tombstones that end", lay: endedTombstones, work: sweeping },
  { name: "sweep: a tombstone that ends on another node", lay: boundElsewhere, work: sweeping },
  {
    name: "sweep: a whole prefix",
    lay: wholePrefix,
    work: sweeping,
  },
  { name: "sweep: a whole prefix, one member of which is refused", lay: refusedMember, work: sweeping },
  {
    name: "sweep: an expired static claim",
    lay: dueOn((node) => leaks.claimExpired(node, "db")),
    work: sweeping,
    isShort: true,
  },
  { name: "sweep: claims put back", lay: putBack, work: sweeping },
  { name: "sweep: a static claim that is gone", lay: dueOn(claimGone), work: sweeping },
  { name: "sweep: an orphan interface", lay: orphan, work: sweeping, isShort: true },
  { name: "sweep: an orphan interface with a record that is bound", lay: boundOrphan, work: sweeping },
  {
    name: "sweep: a breaker that trips only now",
    lay: async () => {
      const cluster = await threeLeaks();
      cluster.settings = { ...cluster.settings, breaker: { ...cluster.settings.breaker, ...TOUCHY } };
      return cluster;
    },
    work: sweeping,
    after: async (cluster) => {
      const { breaker } = new Cluster().settings;
      cluster.settings = { ...cluster.settings, breaker };
    },
  },
  {
    name: "sweep: marks of what is kept by now",
    lay: async () => {
      const cluster = await threeLeaks();
      const [address] = cluster.leaks;
      const { node } = cluster.allocator();
      const [interfaceID = ""] = node.interfaceIDs;
      pool(node, address as never, interfaceID);
      cluster.world.truth.need(address as never, interfaceID, "pool");
      return cluster;
    },
    work: sweeping,
  },
];

/** Of a node whose allocator doesn't answer; at the end its process is started again. */
export const SILENT_RUNS: readonly Run[] = [
  { name: "sweep: an allocator that doesn't answer, try 1", lay: silent(0) },
  { name: "sweep: an allocator that doesn't answer, try 3", lay: silent(2) },
  {
    name: "sweep: an allocator that doesn't answer, try 3, an intent besides",
    lay: silent(2, intentMeanwhile),
  },
].map((run) => ({ ...run, work: sweeping, after: (cluster) => cluster.restart() }));
