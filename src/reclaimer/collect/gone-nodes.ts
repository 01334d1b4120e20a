import type { Evidence } from "../../domain/evidence.ts";
import { whyOffLimits } from "../../domain/judgement/whose-interface.ts";
import type { ObjectMeta } from "../../domain/objects/metadata.ts";
import { ANNOTATION, labelValue, TAG } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import { isWithoutPlace } from "../../domain/record-transitions.ts";
import { groupOf, mayRelease } from "../mode.ts";
import { type Failure, failuresOf, inParallel } from "../parallel.ts";
import type { CollectPorts, Settings } from "../settings.ts";

const LANES = 8;

export interface GoneNodes {
  readonly names: readonly string[];
  readonly failed: readonly Failure[];
}

/**
 * NodeENIConfigs whose instance is gone for good (H49): terminated, or not found at two looks an hour apart, of which the
 * first is noted on the object in API-server time. Their nodes are swept, and the sweep deletes config and lease.
 */
export async function goneNodes(
  ports: CollectPorts,
  settings: Settings,
  evidence: Evidence,
): Promise<GoneNodes> {
  const names: string[] = [];
  const toNote: StoredNodeENIConfig[] = [];
  const unused = await neverUsed(ports, evidence);
  for (const [name, { config, node }] of evidence.nodes) {
    if (!config.readable || (node !== undefined && node !== "missing")) continue;
    if (!mayRelease(settings, groupOf(evidence, name, undefined))) continue;
    if (config.object.status?.instanceID === undefined && !unused.has(name)) continue;
    if (isInstanceGone(config.object, evidence, settings)) names.push(name);
    else if (isMissing(config.object, evidence, unused) && goneSince(config.object) === undefined)
      toNote.push(config.object);
  }
  const noted = await inParallel(toNote, LANES, (config) => note(ports, config, evidence.now));
  const failed = failuresOf(noted, ({ metadata }) => `node ${metadata.name}`);
  return { names, failed };
}

const isMissing = (config: StoredNodeENIConfig, evidence: Evidence, unused: ReadonlySet<string>): boolean =>
  stateOf(config, evidence) === "not-found" || unused.has(config.metadata.name);

/**
 * Configs that no allocator ever wrote to, and whose node has nothing: no Node, no VpcIP, no interface of its name. Their instance is
 * gone, or never came, and nothing tells which it was. What is detached and never touched stays for ever, and no node needs it.
 */
async function neverUsed({ cluster }: CollectPorts, evidence: Evidence): Promise<ReadonlySet<string>> {
  const { nodes, vpcIPs } = evidence;
  const interfaces = evidence.interfaces.filter(
    (item) => item.attachment !== undefined || whyOffLimits(item) === undefined,
  );
  const named = namedNodes({ ...evidence, interfaces });
  const unused = new Set<string>();
  for (const [name, { config, node }] of nodes) {
    if (!config.readable || config.object.status?.instanceID !== undefined) continue;
    if (vpcIPs === undefined || named.has(labelValue(name))) continue;
    const isThere = node === undefined ? (await cluster.getNode(name)).found : node !== "missing";
    if (!isThere) unused.add(name);
  }
  return unused;
}

/**
 * Nodes that an interface of our cluster's tags or a record names: there is something of them, or will be. Long names as their label.
 * Another cluster's nodes may have the same names.
 */
export function namedNodes({
  cluster,
  vpcIPs,
  interfaces,
}: Pick<Evidence, "cluster" | "vpcIPs" | "interfaces">): ReadonlySet<string> {
  const ours = interfaces.filter(({ tags }) => tags?.[TAG.clusterUID] === cluster?.uid);
  const named = new Set(ours.map(({ tags }) => labelValue(tags?.[TAG.node] ?? "")));
  for (const record of vpcIPs?.values() ?? []) {
    if (record.known === "labels") {
      const { node, instance, interface: interfaceID } = record.labels;
      // One that names no place waits for another node, as the whole ones below do.
      if (node !== undefined && (instance ?? interfaceID) !== undefined) named.add(node);
    }
    if (record.known === "whole" && !isWithoutPlace(record.object))
      named.add(labelValue(record.object.spec.nodeName));
  }
  return named;
}

/**
 * Whether EC2 says that the instance is terminated, or didn't find it at two looks, the first noted long enough ago. Of a config that
 * names no instance the note says that its node had nothing.
 */
export function isInstanceGone(
  config: StoredNodeENIConfig,
  evidence: Pick<Evidence, "instances" | "now">,
  settings: Settings,
): boolean {
  const instanceID = config.status?.instanceID;
  if (instanceID !== undefined) return isGone(config.metadata, instanceID, evidence, settings);
  return isNotedLongAgo(goneSince(config), evidence, settings);
}

/** The same of any object that carries the note. */
export function isGone(
  metadata: ObjectMeta,
  instanceID: string,
  evidence: Pick<Evidence, "instances" | "now">,
  settings: Settings,
): boolean {
  const state = evidence.instances.get(instanceID);
  if (state === "terminated") return true;
  return state === "not-found" && isNotedLongAgo(notedGone(metadata, instanceID), evidence, settings);
}

const isNotedLongAgo = (
  since: number | undefined,
  { now }: Pick<Evidence, "now">,
  { notFoundSeconds }: Settings,
): boolean => since !== undefined && now - since >= notFoundSeconds * 1000;

const stateOf = ({ status }: StoredNodeENIConfig, { instances }: Pick<Evidence, "instances">) =>
  instances.get(status?.instanceID ?? "");

/** A note names its instance: one of an earlier instance of the same node name is no look at this one (H11). */
const goneSince = ({ metadata, status }: StoredNodeENIConfig): number | undefined =>
  notedGone(metadata, status?.instanceID);

/** When it was noted on an object that this instance was not found, milliseconds since the epoch. */
export function notedGone({ annotations }: ObjectMeta, instanceID: string | undefined): number | undefined {
  const [time = "", noted] = (annotations?.[ANNOTATION.goneSince] ?? "").split(" ");
  const since = Date.parse(time);
  return Number.isFinite(since) && (noted || undefined) === instanceID ? since : undefined;
}

/** The annotation that notes it. */
export const goneNote = (instanceID: string | undefined, now: number): Record<string, string> => ({
  [ANNOTATION.goneSince]: `${new Date(now).toISOString()} ${instanceID ?? ""}`,
});

async function note({ writer }: CollectPorts, config: StoredNodeENIConfig, now: number): Promise<void> {
  const annotations = { ...config.metadata.annotations, ...goneNote(config.status?.instanceID, now) };
  await writer.replaceNodeConfig({ ...config, metadata: { ...config.metadata, annotations } });
}
