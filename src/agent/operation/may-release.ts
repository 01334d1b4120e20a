import { FREEZE_CONFIG_MAP } from "../../domain/objects/names.ts";
import type { AgentPorts } from "../ports.ts";

/**
 * Whether an allocator may give anything back now. The freeze object stops every path (design §4.8); where a breaker holds
 * anything, what an allocator gives back can wait, too.
 */
export async function mayRelease({
  ports: { cluster },
}: {
  readonly ports: Pick<AgentPorts, "cluster">;
}): Promise<boolean> {
  const found = await cluster.getConfigMap(FREEZE_CONFIG_MAP.namespace, FREEZE_CONFIG_MAP.name);
  return (
    found.found && found.object.data["frozen"] === "false" && (found.object.data["breaker"] ?? "") === ""
  );
}
