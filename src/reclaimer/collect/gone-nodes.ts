import type { Evidence } from "../../domain/evidence.ts";
import { ANNOTATION } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import { groupOf, mayRelease } from "../mode.ts";
import type { CollectPorts, Settings } from "../settings.ts";

/**
 * NodeENIConfigs whose instance is gone for good (H49): terminated, or not found at two looks an hour apart, of which the
 * first is noted on the object in API-server time. Their nodes are swept, and the sweep deletes config and lease.
 */
export async function goneNodes(
  ports: CollectPorts,
  settings: Settings,
  evidence: Evidence,
): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const [name, { config, node }] of evidence.nodes) {
    if (!config.readable || (node !== undefined && node !== "missing")) continue;
    if (!mayRelease(settings, groupOf(evidence, name, undefined))) continue;
    const { instanceID } = config.object.status ?? {};
    const state = evidence.instances.get(instanceID ?? "");
    const noted = config.object.metadata.annotations?.[ANNOTATION.goneSince];
    if (state === "terminated" || (state === "not-found" && isOld(noted, evidence.now, settings)))
      gone.push(name);
    else if (state === "not-found" && noted === undefined) await note(ports, config.object, evidence.now);
  }
  return gone;
}

/** Whether an absence was noted long enough ago. */
export function isOld(noted: string | undefined, now: number, { notFoundSeconds }: Settings): boolean {
  const since = Date.parse(noted ?? "");
  return Number.isFinite(since) && now - since >= notFoundSeconds * 1000;
}

async function note({ writer }: CollectPorts, config: StoredNodeENIConfig, now: number): Promise<void> {
  const annotations = { ...config.metadata.annotations, [ANNOTATION.goneSince]: new Date(now).toISOString() };
  await writer.replaceNodeConfig({ ...config, metadata: { ...config.metadata, annotations } });
}
