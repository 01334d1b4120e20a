import { FREEZE_CONFIG_MAP } from "../../domain/objects/names.ts";
import type { Trip } from "../../domain/plan/breaker.ts";
import { type FreezeState, freezeState, openData } from "../../domain/plan/freeze.ts";
import type { Clock } from "../../ports/clock.ts";
import { ClusterError, type ClusterReader } from "../../ports/cluster.ts";
import type { Mirror, Mirrored } from "../../ports/mirror.ts";
import type { CollectPorts } from "../settings.ts";
import { readFreeze } from "./freeze-object.ts";
import { readFresh } from "./fresh.ts";
import { lostMemory, mirroredState, readSentinels, type Sentinels, withRun } from "./memory.ts";
import { mirrorForward, noteLoss } from "./mirror-forward.ts";
import { askForWord, takeWord } from "./word.ts";

const TRIES = 5;
/** What the mirror and etcd say belongs together where it was read within this. */
const TOGETHER_MILLISECONDS = 30_000;

interface GatePorts {
  readonly cluster: ClusterReader;
  readonly mirror: Mirror;
  readonly clock: Pick<Clock, "now">;
}

/** Design §4.7 and §4.8: whether anything may be changed at all. Every path passes here, the manual clean too (H29). */
export type Gate =
  | {
      readonly open: true;
      readonly sentinels: Sentinels;
      readonly mirrored: Mirrored;
      readonly breaker: readonly Trip[];
    }
  | {
      readonly open: false;
      readonly why: string;
      readonly lostMemory: false;
      readonly sentinels: Sentinels;
      readonly mirrored: Mirrored;
    }
  | {
      readonly open: false;
      readonly why: string;
      readonly lostMemory: true;
      readonly mirrored: Mirrored;
    };

/**
 * Looks, and changes nothing. The mirror is asked first: a run that counts between the two must not look like a step back. But not much
 * earlier than etcd: an older mirror knows of fewer runs, and an etcd that went back meanwhile would pass.
 */
export async function lookAtGate(ports: GatePorts): Promise<Gate> {
  const { mirrored, sentinels } = await readFresh(ports.clock, TOGETHER_MILLISECONDS, "etcd", async () => ({
    mirrored: await ports.mirror.read(),
    sentinels: await readSentinels(ports.cluster),
  }));
  if (mirrored.state === undefined)
    return { open: false, why: "nothing is mirrored yet: collect has not run", lostMemory: true, mirrored };
  const lost = lostMemory(sentinels, mirrored.state);
  if (lost !== undefined) return { open: false, why: lost, lostMemory: true, mirrored };
  const freeze = freezeState((await readFreeze(ports.cluster))?.data);
  return freeze.frozen
    ? { open: false, why: freeze.why, lostMemory: false, sentinels, mirrored }
    : { open: true, sentinels, mirrored, breaker: freeze.breaker };
}

/** The freeze object alone: asked again before each request that releases. */
export async function freezeNow(cluster: ClusterReader): Promise<FreezeState> {
  return freezeState((await readFreeze(cluster))?.data);
}

/**
 * The gate as `collect` passes it: sets up a new install, writes a freeze down where memory was lost, takes a person's
 * word for a new state (`accept` in the freeze object, see word.ts), and counts the run: in etcd first, then in the mirror, so that
 * only "etcd says fewer" is a step back. While a person's freeze is on, runs are counted, too: else an etcd that was saved and
 * restored during it would pass for the right one.
 */
export async function passGate(ports: CollectPorts): Promise<Gate> {
  const mirrored = await ports.mirror.read();
  const isNew = mirrored.state === undefined && (await readSentinels(ports.cluster)).runs === 0;
  await (isNew ? setUp(ports, mirrored) : takeWord(ports));
  const gate = await lookAtGate(ports);
  if (gate.open) return { ...gate, sentinels: await countRun(ports, gate) };
  if (gate.lostMemory) {
    await noteLoss(ports, gate.mirrored);
    await askForWord(ports, gate.why, gate.mirrored.state);
    ports.notices.alarm({
      kind: "lost-memory",
      message: `${gate.why}. Nothing is released until a person thaws (docs/operations.md, "After a restore")`,
    });
  } else {
    ports.notices.alarm({ kind: "frozen", message: gate.why });
    await countRun(ports, gate);
  }
  ports.notices.count("Frozen", 1);
  return gate;
}

async function setUp(ports: CollectPorts, mirrored: Mirrored): Promise<void> {
  await ports.writer.createSentinels();
  const { namespace, name } = FREEZE_CONFIG_MAP;
  await ports.writer.createConfigMap(namespace, name, openData([]));
  const state = mirroredState(await readSentinels(ports.cluster));
  if (state !== undefined) await mirrorForward(ports, state, mirrored);
}

async function countRun(
  ports: CollectPorts,
  { sentinels: before, mirrored }: { readonly sentinels: Sentinels; readonly mirrored: Mirrored },
): Promise<Sentinels> {
  const { nodeENIConfig, runs } = before;
  if (nodeENIConfig === undefined) return before;
  const counted = await ports.writer.replaceNodeConfig(withRun(nodeENIConfig, runs + 1));
  if (counted.outcome !== "replaced") return before;
  const sentinels = { ...before, nodeENIConfig: counted.object, runs: runs + 1 };
  const state = mirroredState(sentinels);
  if (state !== undefined) await mirrorForward(ports, state, mirrored);
  return sentinels;
}

/**
 * Writes what the breaker found into the freeze object, so that every path obeys it; an empty list lets go. Throws where
 * others always write it first: a breaker that nobody sees holds nothing.
 */
export function writeBreaker(ports: BreakerPorts, trips: readonly Trip[]): Promise<void> {
  return changeBreaker(ports, () => trips);
}

/**
 * Adds what a sweep found under its lease, so that its node isn't paused for it again every five minutes. The next daily run
 * sees for itself, and writes what holds then.
 */
export function addToBreaker(ports: BreakerPorts, trips: readonly Trip[]): Promise<void> {
  const isNew = (before: Trip) =>
    !trips.some(({ scope, name }) => scope === before.scope && name === before.name);
  return changeBreaker(ports, (before) => [...before.filter(isNew), ...trips]);
}

type BreakerPorts = Pick<CollectPorts, "cluster" | "writer">;

async function changeBreaker(
  ports: BreakerPorts,
  change: (before: readonly Trip[]) => readonly Trip[],
): Promise<void> {
  const { namespace, name } = FREEZE_CONFIG_MAP;
  for (let tries = 0; tries < TRIES; tries++) {
    const map = await readFreeze(ports.cluster);
    const before = freezeState(map?.data);
    if (map === undefined || before.frozen) return;
    const trips = change(before.breaker);
    if (JSON.stringify(before.breaker) === JSON.stringify(trips)) return;
    const data = openData(trips);
    if ((await ports.writer.replaceConfigMap(namespace, name, { ...map, data })).outcome === "replaced")
      return;
  }
  throw new ClusterError(
    "refused",
    `ConfigMap ${namespace}/${name} changes all the time: no breaker written`,
  );
}
