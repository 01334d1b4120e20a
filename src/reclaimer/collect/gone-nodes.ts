import type { Evidence } from "../../domain/evidence.ts";
import { ANNOTATION, labelValue, TAG } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import { groupOf, mayRelease } from "../mode.ts";
import { inParallel, messageOf } from "../parallel.ts";
import type { CollectPorts, Settings } from "../settings.ts";

const LANES = 8;

export interface GoneNodes {
  readonly names: readonly string[];
  readonly failed: readonly { readonly subject: string; readonly why: string }[];
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
  const failed = noted.flatMap((result) =>
    result.ok ? [] : [{ subject: `node ${result.item.metadata.name}`, why: messageOf(result.error) }],
  );
  return { names, failed };
}

const isMissing = (config: StoredNodeENIConfig, evidence: Evidence, unused: ReadonlySet<string>): boolean =>
  stateOf(config, evidence) === "not-found" || unused.has(config.metadata.name);

/**
 * Configs that no allocator ever wrote to, and whose node has nothing: no Node, no VpcIP, no interface of its name. Their instance is
 * gone, or never came, and nothing tells which it was.
 */
async function neverUsed(
  { cluster }: CollectPorts,
  { nodes, vpcIPs, interfaces }: Evidence,
): Promise<ReadonlySet<string>> {
  const named = new Set(interfaces.flatMap(({ tags }) => tags?.[TAG.node] ?? []));
  for (const record of vpcIPs?.values() ?? []) {
    if (record.known === "labels" && record.labels.node !== undefined) named.add(record.labels.node);
    if (record.known === "whole") named.add(labelValue(record.object.spec.nodeName));
  }
  const unused = new Set<string>();
  for (const [name, { config, node }] of nodes) {
    if (!config.readable || config.object.status?.instanceID !== undefined) continue;
    if (vpcIPs === undefined || named.has(name) || named.has(labelValue(name))) continue;
    const isThere = node === undefined ? (await cluster.getNode(name)).found : node !== "missing";
    if (!isThere) unused.add(name);
  }
  return unused;
}

/**
 * Whether EC2 says that the instance is terminated, or didn't find it at two looks, the first noted long enough ago. Of a config that
 * names no instance the note says that its node had nothing.
 */
export function isInstanceGone(
  config: StoredNodeENIConfig,
  evidence: Pick<Evidence, "instances" | "now">,
  { notFoundSeconds }: Settings,
): boolean {
  const since = goneSince(config);
  const isLong = since !== undefined && evidence.now - since >= notFoundSeconds * 1000;
  if (config.status?.instanceID === undefined) return isLong;
  switch (stateOf(config, evidence)) {
    case "terminated":
      return true;
    case "not-found":
      return isLong;
    default:
      return false;
  }
}

const stateOf = ({ status }: StoredNodeENIConfig, { instances }: Pick<Evidence, "instances">) =>
  instances.get(status?.instanceID ?? "");

/**
 * When the config's present instance was first not found, milliseconds since the epoch. A note names its instance: one of
 * an earlier instance of the same node name is no look at this one (H11).
 */
function goneSince({ metadata, status }: StoredNodeENIConfig): number | undefined {
  const [time = "", instanceID] = (metadata.annotations?.[ANNOTATION.goneSince] ?? "").split(" ");
  const since = Date.parse(time);
  return Number.isFinite(since) && (instanceID || undefined) === status?.instanceID ? since : undefined;
}

async function note({ writer }: CollectPorts, config: StoredNodeENIConfig, now: number): Promise<void> {
  const value = `${new Date(now).toISOString()} ${config.status?.instanceID ?? ""}`;
  const annotations = { ...config.metadata.annotations, [ANNOTATION.goneSince]: value };
  await writer.replaceNodeConfig({ ...config, metadata: { ...config.metadata, annotations } });
}
