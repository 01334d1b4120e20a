import { FREEZE_CONFIG_MAP } from "../../domain/objects/names.ts";
import type { ClusterReader, StoredConfigMap } from "../../ports/cluster.ts";

/** The freeze object as it is now; undefined where there is none, which means frozen. */
export async function readFreeze(cluster: ClusterReader): Promise<StoredConfigMap | undefined> {
  const found = await cluster.getConfigMap(FREEZE_CONFIG_MAP.namespace, FREEZE_CONFIG_MAP.name);
  return found.found ? found.object : undefined;
}
