import type { Evidence } from "../evidence.ts";
import { TAG } from "../objects/names.ts";

/**
 * The instances of which EC2's word is needed: named by detached interfaces of ours, by records or by NodeENIConfigs,
 * and with no attached interface in the list. An instance whose interfaces are attached needs no question.
 */
export function instancesInQuestion(evidence: Evidence): readonly string[] {
  const attached = new Set<string>();
  for (const { attachment } of evidence.interfaces) {
    if (attachment?.instanceID !== undefined && attachment.status === "attached")
      attached.add(attachment.instanceID);
  }
  const named = new Set<string>();
  const ours = evidence.cluster?.uid;
  for (const { attachment, tags } of evidence.interfaces) {
    const instance = tags?.[TAG.instance];
    if (attachment === undefined && instance !== undefined && tags?.[TAG.clusterUID] === ours)
      named.add(instance);
  }
  const questioned = new Set(named);
  for (const record of evidence.vpcIPs?.values() ?? []) {
    const instance =
      record.known === "whole"
        ? record.object.spec.instanceID
        : record.known === "labels"
          ? record.labels.instance
          : undefined;
    if (instance !== undefined && !attached.has(instance)) questioned.add(instance);
  }
  for (const { config } of evidence.nodes.values()) {
    const instance = config.readable ? config.object.status?.instanceID : undefined;
    if (instance !== undefined && !attached.has(instance)) questioned.add(instance);
  }
  return [...questioned].sort();
}
