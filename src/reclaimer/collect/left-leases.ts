import type { Evidence } from "../../domain/evidence.ts";
import { labelValue } from "../../domain/objects/names.ts";
import { groupOf, mayRelease } from "../mode.ts";
import { failuresOf, inParallel } from "../parallel.ts";
import type { CollectPorts, Settings } from "../settings.ts";
import { type GoneNodes, namedNodes } from "./gone-nodes.ts";

const LANES = 8;

/**
 * Node leases that somebody has to look at (H49): of nodes of which nothing else is left, no Node, no config, no record and no
 * attached interface, so that nothing else leads to them; and those that carry hand-over requests, which a run that died has left. The
 * node's sweep looks again, and decides.
 */
export async function nodesOfLeases(
  { cluster }: Pick<CollectPorts, "cluster">,
  settings: Settings,
  evidence: Evidence,
): Promise<GoneNodes> {
  // What is detached is deleted, or people keep it: neither needs the lease that is there now.
  const attached = evidence.interfaces.filter(({ attachment }) => attachment !== undefined);
  const named = namedNodes({ ...evidence, interfaces: attached });
  const isNamed = (name: string) => evidence.nodes.has(name) || named.has(labelValue(name));
  const asked: string[] = [];
  const alone: string[] = [];
  for (const { nodeName, carriesRequests } of await cluster.listLeases()) {
    const group = groupOf(evidence, nodeName, undefined);
    if (isNamed(nodeName) ? !mayRelease(settings, group) : settings.mode === "observe") continue;
    if (carriesRequests) asked.push(nodeName);
    else if (!isNamed(nodeName)) alone.push(nodeName);
  }
  const looks = await inParallel(alone, LANES, (name) => cluster.getNode(name));
  return {
    names: [...asked, ...looks.flatMap(({ item, ...look }) => (look.ok && !look.value.found ? [item] : []))],
    failed: failuresOf(looks, (name) => `lease ${name}`),
  };
}
