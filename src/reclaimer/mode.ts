import type { Evidence } from "../domain/evidence.ts";
import { LABEL, TAG } from "../domain/objects/names.ts";
import type { Trip } from "../domain/plan/breaker.ts";
import { isHeldByBreaker } from "../domain/plan/freeze.ts";
import type { HeldBack, Leaked } from "../domain/verdict.ts";
import type { Settings } from "./settings.ts";

/** Whether release is switched on for a node group. A group that nobody knows is released only where all are. */
export function mayRelease({ mode, releaseNodeGroups }: Settings, group: string | undefined): boolean {
  if (mode === "observe") return false;
  return releaseNodeGroups === "*" || (group !== undefined && releaseNodeGroups.includes(group));
}

/**
 * The group of a subject: of a detached interface by its own tag first, for the node of that name may be another by now;
 * else from its Node, its NodeENIConfig, or the tags of its interface.
 */
export function groupOf(
  evidence: Evidence,
  nodeName: string | undefined,
  interfaceID: string | undefined,
): string | undefined {
  const managed = evidence.nodes.get(nodeName ?? "");
  const fromNode = managed?.node === "missing" ? undefined : managed?.node?.group;
  const config = managed?.config.readable === true ? managed.config.object : undefined;
  const item = evidence.interfaces.find(({ id }) => id === interfaceID);
  const tagged = item?.tags?.[TAG.nodeGroup];
  if (item !== undefined && item.attachment === undefined && tagged !== undefined) return tagged;
  return fromNode ?? config?.metadata.labels?.[LABEL.nodeGroup] ?? tagged;
}

/** What holds a leaked subject back although the evidence would let it go. */
export function heldBackBy(
  settings: Settings,
  breaker: readonly Trip[],
  evidence: Evidence,
  verdict: Leaked,
): HeldBack | undefined {
  const { node, interfaceID } = verdict;
  if (!mayRelease(settings, groupOf(evidence, node, interfaceID))) return "observe";
  const subnetID = evidence.interfaces.find(({ id }) => id === interfaceID)?.subnetID;
  const subject = {
    ...(node === undefined ? {} : { node }),
    ...(subnetID === undefined ? {} : { subnetID }),
  };
  return isHeldByBreaker(breaker, subject) ? "breaker" : undefined;
}
