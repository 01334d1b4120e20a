import type { Evidence } from "../../domain/evidence.ts";
import { ANNOTATION } from "../../domain/objects/names.ts";
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
  for (const [name, { config, node }] of evidence.nodes) {
    if (!config.readable || (node !== undefined && node !== "missing")) continue;
    if (!mayRelease(settings, groupOf(evidence, name, undefined))) continue;
    if (isInstanceGone(config.object, evidence, settings)) names.push(name);
    else if (stateOf(config.object, evidence) === "not-found" && goneSince(config.object) === undefined)
      toNote.push(config.object);
  }
  const noted = await inParallel(toNote, LANES, (config) => note(ports, config, evidence.now));
  const failed = noted.flatMap((result) =>
    result.ok ? [] : [{ subject: `node ${result.item.metadata.name}`, why: messageOf(result.error) }],
  );
  return { names, failed };
}

/** Whether EC2 says that the instance is terminated, or didn't find it at two looks, the first noted long enough ago. */
export function isInstanceGone(
  config: StoredNodeENIConfig,
  evidence: Pick<Evidence, "instances" | "now">,
  { notFoundSeconds }: Settings,
): boolean {
  const since = goneSince(config);
  switch (stateOf(config, evidence)) {
    case "terminated":
      return true;
    case "not-found":
      return since !== undefined && evidence.now - since >= notFoundSeconds * 1000;
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
  return Number.isFinite(since) && instanceID === status?.instanceID ? since : undefined;
}

async function note({ writer }: CollectPorts, config: StoredNodeENIConfig, now: number): Promise<void> {
  const value = `${new Date(now).toISOString()} ${config.status?.instanceID ?? ""}`;
  const annotations = { ...config.metadata.annotations, [ANNOTATION.goneSince]: value };
  await writer.replaceNodeConfig({ ...config, metadata: { ...config.metadata, annotations } });
}
