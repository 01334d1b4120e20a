import { ANNOTATION, SENTINEL } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { ClusterReader } from "../../ports/cluster.ts";
import type { MirroredState } from "../../ports/mirror.ts";

/** The sentinels as etcd has them now. */
export interface Sentinels {
  readonly clusterUID: string;
  readonly vpcIPUID: string | undefined;
  readonly claimUID: string | undefined;
  readonly nodeENIConfig: StoredNodeENIConfig | undefined;
  readonly runs: number;
}

export async function readSentinels(cluster: ClusterReader): Promise<Sentinels> {
  const [clusterUID, vpcIP, config, claim] = await Promise.all([
    cluster.clusterUID(),
    cluster.getVpcIP(SENTINEL.vpcIP),
    cluster.getNodeConfig(SENTINEL.nodeENIConfig),
    cluster.getClaim(SENTINEL.claim.namespace, SENTINEL.claim.name),
  ]);
  const stored = config.found && config.object.readable ? config.object.object : undefined;
  return {
    clusterUID,
    vpcIPUID: vpcIP.found && vpcIP.object.readable ? vpcIP.object.object.metadata.uid : undefined,
    claimUID: claim.found && claim.object.readable ? claim.object.object.metadata.uid : undefined,
    nodeENIConfig: stored,
    runs: runsOf(stored),
  };
}

/** Whether etcd remembers what the mirror remembers. A cluster that was restored, or another one, does not. */
export function lostMemory(sentinels: Sentinels, mirrored: MirroredState): string | undefined {
  const { clusterUID, vpcIPUID, claimUID, nodeENIConfig, runs } = sentinels;
  if (clusterUID !== mirrored.clusterUID) return "this is another cluster: the UID of kube-system differs";
  if (vpcIPUID === undefined || claimUID === undefined || nodeENIConfig === undefined) {
    return "a sentinel is missing: a CRD was deleted and made again, etcd was restored, or rights were taken away";
  }
  const changed =
    vpcIPUID !== mirrored.vpcIPUID ||
    claimUID !== mirrored.claimUID ||
    nodeENIConfig.metadata.uid !== mirrored.nodeENIConfigUID;
  if (changed) return "a sentinel was made again: a CRD was deleted and made again, or etcd was restored";
  if (runs < mirrored.runs) {
    return `etcd has gone back: its run counter is ${runs}, the mirror's ${mirrored.runs}`;
  }
  if (mirrored.isLost === true)
    return "etcd had lost its memory, and no person has said yet that its present state is the right one";
  return undefined;
}

/** What to mirror of sentinels that are all there. */
export function mirroredState(sentinels: Sentinels): MirroredState | undefined {
  const { clusterUID, vpcIPUID, claimUID, nodeENIConfig, runs } = sentinels;
  if (vpcIPUID === undefined || claimUID === undefined || nodeENIConfig === undefined) return undefined;
  return { clusterUID, vpcIPUID, claimUID, nodeENIConfigUID: nodeENIConfig.metadata.uid, runs };
}

export function runsOf(config: StoredNodeENIConfig | undefined): number {
  const runs = Number(config?.metadata.annotations?.[ANNOTATION.runCounter] ?? "0");
  return Number.isSafeInteger(runs) && runs >= 0 ? runs : 0;
}

/** The sentinel config with one run more. */
export function withRun(config: StoredNodeENIConfig, runs: number): StoredNodeENIConfig {
  const annotations = { ...config.metadata.annotations, [ANNOTATION.runCounter]: String(runs) };
  return { ...config, metadata: { ...config.metadata, annotations } };
}
