import { FREEZE_CONFIG_MAP } from "../../domain/objects/names.ts";
import { frozenData } from "../../domain/plan/freeze.ts";
import type { Mirrored, MirroredState } from "../../ports/mirror.ts";
import type { CollectPorts } from "../settings.ts";
import { forgetAbsences } from "./absences.ts";
import { readFreeze } from "./freeze-object.ts";
import { mirroredState, readSentinels, withRun } from "./memory.ts";

const { namespace, name } = FREEZE_CONFIG_MAP;

/**
 * Which loss of memory a person's word is about: the count that the mirror stood at when it was seen. The mirror only counts on,
 * so no two losses have the same name, and a word that etcd brings back with a restore is about another one (H61).
 */
const lossOf = (mirrored: MirroredState | undefined): string =>
  mirrored === undefined ? "no-mirror" : `run-${mirrored.runs}`;

/**
 * A person who has looked says: this state is the right one (`accept`). The word names the cluster, and stands beside the name of
 * the loss that {@link askForWord} had written: any other is an old one, and goes.
 *
 * @throws ClusterError, MirrorError: the word stands, and the next run takes it
 */
export async function takeWord(ports: CollectPorts): Promise<void> {
  const map = await readFreeze(ports.cluster);
  const word = map?.data["accept"];
  if (map === undefined || word === undefined) return;
  const mirrored = await ports.mirror.read();
  const isAbout = map.data["loss"] === lossOf(mirrored.state) && word === (await ports.cluster.clusterUID());
  if (isAbout && !(await accept(ports, mirrored))) return;
  const { accept: _word, loss: _loss, ...rest } = map.data;
  await ports.writer.replaceConfigMap(namespace, name, { ...map, data: rest });
}

/**
 * Counts on beyond what the mirror remembers, in etcd first: so the word that led to it is never one again, and no older state
 * can pass for this one by its count. Where anybody has written to the mirror since, it is not what the word was about.
 *
 * @returns false where another run was in the way
 */
async function accept(ports: CollectPorts, { state: known, version }: Mirrored): Promise<boolean> {
  await ports.writer.createSentinels();
  const sentinels = await readSentinels(ports.cluster);
  if (sentinels.nodeENIConfig === undefined || mirroredState(sentinels) === undefined) return false;
  await forgetAbsences(ports, sentinels);
  const runs = Math.max(sentinels.runs, known?.runs ?? 0) + 1;
  const counted = await ports.writer.replaceNodeConfig(withRun(sentinels.nodeENIConfig, runs));
  if (counted.outcome !== "replaced") return false;
  const state = mirroredState({ ...sentinels, nodeENIConfig: counted.object, runs });
  return state !== undefined && (await ports.mirror.write(state, version));
}

/**
 * Writes a freeze down where memory was lost, with the name of the loss, beside which a person's word counts. One that a restore
 * brought along goes with it.
 */
export async function askForWord(
  ports: CollectPorts,
  why: string,
  mirrored: MirroredState | undefined,
): Promise<void> {
  const loss = lossOf(mirrored);
  const map = await readFreeze(ports.cluster);
  if (map === undefined) {
    await ports.writer.createConfigMap(namespace, name, { ...frozenData(why), loss });
    return;
  }
  const { accept: word, ...data } = map.data;
  const isFrozen = data["frozen"] === "true";
  // A word that came since this run has looked is the next run's to take.
  if (data["loss"] === loss && (isFrozen || word !== undefined)) return;
  const frozen = isFrozen ? data : frozenData(why);
  await ports.writer.replaceConfigMap(namespace, name, { ...map, data: { ...frozen, loss } });
}
