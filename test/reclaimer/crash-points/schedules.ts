import { retention } from "../../../src/domain/expiry.ts";
import { SYSTEM_NAMESPACE } from "../../../src/domain/objects/names.ts";
import type { StoredVpcIP } from "../../../src/domain/objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../../../src/domain/objects/vpcipclaim.ts";
import { RECLAIMER_KEY } from "../../../src/sandbox/engine/world.ts";
import type { Schedules } from "../every-point.ts";
import type { Cluster } from "../harness.ts";
import { sweeping } from "./laid.ts";

/** Longest time until nothing is left: so many times a mark pass, its marks' age and 40 minutes. */
const ROUNDS = 4;
/** Five-minute runs twenty minutes apart that finish what is marked: a lease's end, a tombstone's, and one more. */
const SHORT_RUNS = 4;
/** The same alarm about the same subject, from one mishap. */
const MANY_ALARMS = 3;

export const schedules: Schedules = { goOn, wrongWhenEnded, wrongAtTheEnd };

/**
 * The five-minute run, the daily one once an hour, and life on the nodes: what the functions gave back is assigned to the same
 * interface again and pooled, and Pods start on it where they may. That is what a late request would hit.
 */
async function goOn(cluster: Cluster, minutes: number): Promise<void> {
  const { clock } = cluster;
  const start = clock.now();
  for (let passed = 0; passed < minutes; passed += 5) {
    if (passed > 0) await cluster.collect("due");
    if (passed > 0 && passed % 60 === 0) await cluster.collect("leaks");
    if (passed % 60 === 10) await live(cluster);
    await serve(cluster, start + Math.min(passed + 5, minutes) * 60_000);
  }
}

/** Takes messages as they become visible, until then. */
async function serve(cluster: Cluster, end: number): Promise<void> {
  const { clock, world } = cluster;
  while (clock.now() < end) {
    if (world.queue.counts().visible > 0)
      await cluster
        .run((ports) => sweeping(cluster, ports))
        .catch((error: unknown) => void cluster.failures.push(error));
    else await clock.pass(Math.min(end, world.queue.nextVisibleAt() ?? end) - clock.now());
  }
}

/** A run that ends by itself gives its lease back, in every path (design §4.5, H23). */
function wrongWhenEnded(cluster: Cluster): readonly string[] {
  return heldByReclaimers(cluster);
}

async function live(cluster: Cluster): Promise<void> {
  const { ec2, truth } = cluster.world;
  for (const { node } of cluster.allocators.values()) {
    for (const interfaceID of node.interfaceIDs) {
      for (const address of cluster.world.assignedTo(interfaceID)) {
        if (cluster.has(address)) continue;
        const spec = cluster.record(address)?.spec;
        ec2.seed.assign(interfaceID, [address]);
        node.updateStatus((status) => ({
          ...status,
          pool: [{ address, interfaceID }, ...(status.pool ?? [])],
        }));
        // What a tombstone binds is nobody's yet: the tombstone's end takes it out of the pool again.
        if (spec === undefined) truth.need(address, interfaceID, "pool");
      }
    }
  }
  for (const allocator of cluster.allocators.values()) await cluster.clock.until(allocator.startPod());
}

async function wrongAtTheEnd(cluster: Cluster, isShort: boolean): Promise<readonly string[]> {
  await cluster.drain();
  for (let run = 0; isShort && run < SHORT_RUNS && left(cluster).length > 0; run++) await cluster.dueRun(20);
  for (let round = 0; !isShort && round < ROUNDS && left(cluster).length > 0; round++) {
    await cluster.day();
    for (let run = 0; run < 2; run++) await cluster.dueRun(20);
  }
  const wrong = [...cluster.wrong.map((what) => `wrongly released: ${what}`), ...left(cluster)];
  wrong.push(...cluster.failures.map((error) => `failed: ${String(error)}`), ...doneTwice(cluster));
  wrong.push(...(await notQuiet(cluster)));
  for (const name of cluster.allocators.keys())
    if (!(await cluster.canStartPod(name))) wrong.push(`no Pod can be started on ${name}`);
  return [...wrong, ...heldUp(cluster)];
}

/** What should have gone by now. */
function left(cluster: Cluster): readonly string[] {
  const { api, queue, deadLetters } = cluster.world;
  const names = new Set(api.list("nodes").map(({ metadata }) => metadata.name));
  const records = api.list<StoredVpcIP>("vpcips");
  const configs = api.list("nodeeniconfigs").map(({ metadata }) => metadata.name);
  const keepLease = new Set([...names, ...records.map(({ spec }) => spec.nodeName)]);
  const isReal = (name: string) => !/^(0\.0\.0\.0$|sentinel)/.test(name);
  return [
    ...cluster.leaks.map((address) => `still leaked: ${address}`),
    ...cluster.unfinished.map((address) => `unfinished: ${address}`),
    ...records.flatMap(({ metadata: { name }, spec: { claim } }) =>
      isReal(name) && claim === undefined ? [`an empty record: ${name}`] : [],
    ),
    ...configs.flatMap((name) => (isReal(name) && !names.has(name) ? [`config of the gone: ${name}`] : [])),
    ...leases(cluster).flatMap((name) => (keepLease.has(name) ? [] : [`lease of the gone: ${name}`])),
    ...expiredClaims(cluster),
    ...(queue.messages().length > 0 ? ["a message is left in the queue"] : []),
    ...(deadLetters.messages().length > 0 ? ["a message is in the dead-letter queue"] : []),
  ];
}

/** Static claims whose time is over: each goes with its address. */
function expiredClaims({ world, clock }: Cluster): readonly string[] {
  return world.api.list<StoredVpcIPClaim>("vpcipclaims").flatMap((claim) => {
    const kept = retention(claim, clock.now());
    return !kept.retained && kept.cause === "claim-expired" ? [`expired: ${claim.metadata.name}`] : [];
  });
}

const leases = (cluster: Cluster): readonly string[] =>
  cluster.world.api.list("leases", SYSTEM_NAMESPACE).map(({ metadata }) => metadata.name);

/** Nobody is stopped any more: asked after Pods were started. */
function heldUp(cluster: Cluster): readonly string[] {
  const requests = leases(cluster).flatMap((name) =>
    cluster.requests(name).length > 0 ? [`requests are left on the lease of ${name}`] : [],
  );
  return [...heldByReclaimers(cluster), ...requests];
}

function heldByReclaimers(cluster: Cluster): readonly string[] {
  return leases(cluster).flatMap((name) => {
    const holder = cluster.lease(name)?.spec.holderIdentity ?? "";
    return holder.startsWith("reclaimer/") ? [`the lease of ${name} is held by ${holder}`] : [];
  });
}

/** Given back twice by clear answers, or told of again and again. */
function doneTwice({ heard, world }: Cluster): readonly string[] {
  const done = new Map<string, number>();
  const add = (key: string) => done.set(key, (done.get(key) ?? 0) + 1);
  for (const { kind, answer, subject, interfaceID = "" } of heard.audit) {
    if (kind !== "record" && answer === "done") add(`${subject} of ${interfaceID}`);
  }
  const twice = [...done].flatMap(([what, count]) => {
    const [subject = "", , interfaceID = ""] = what.split(" ");
    const assigned = world.assignedTo(interfaceID).filter((address) => address === subject).length;
    return count > Math.max(1, assigned) ? [`given back ${count} times: ${what}`] : [];
  });
  const alarms = new Map<string, number>();
  for (const { kind, node = "", subject = "" } of heard.alarms) {
    const key = `${kind} ${node} ${subject}`;
    alarms.set(key, (alarms.get(key) ?? 0) + 1);
  }
  const storms = [...alarms].flatMap(([what, count]) =>
    count > MANY_ALARMS ? [`${count} alarms: ${what}`] : [],
  );
  return [...twice, ...storms];
}

/** One more day finds nothing to do and nothing to tell. */
async function notQuiet(cluster: Cluster): Promise<readonly string[]> {
  cluster.heard.clear();
  const before = cluster.world.ec2.calls.byAction(RECLAIMER_KEY);
  await cluster.day();
  const { alarms, audit, pauses } = cluster.heard;
  const after = cluster.world.ec2.calls.byAction(RECLAIMER_KEY);
  const mutations = ["UnassignPrivateIpAddresses", "DeleteNetworkInterface"].filter(
    (action) => (after[action] ?? 0) > (before[action] ?? 0),
  );
  return [
    ...alarms.map(({ kind, message }) => `alarm on the day after: ${kind}: ${message}`),
    ...audit.map(({ subject }) => `given back on the day after: ${subject}`),
    ...pauses.map(({ node }) => `paused on the day after: ${node}`),
    ...mutations.map((action) => `${action} on the day after`),
  ];
}
