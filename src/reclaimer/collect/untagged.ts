import type { Evidence } from "../../domain/evidence.ts";
import { TAG } from "../../domain/objects/names.ts";
import type { Notices } from "../../ports/notices.ts";

const EXAMPLES = 5;

/**
 * Interfaces of nodes that we manage without our cluster's tag: EC2 leaves an instance's first interface so, and the agent
 * tags it at its start (design §5). Their leaks are found all the same (H76), but the functions' role may only release
 * from tagged ones, so people are told.
 */
export function alarmUntagged({ notices }: { readonly notices: Notices }, evidence: Evidence): void {
  const managed = new Set<string>();
  for (const { config } of evidence.nodes.values()) {
    const instanceID = config.readable ? config.object.status?.instanceID : undefined;
    if (instanceID !== undefined) managed.add(instanceID);
  }
  const untagged = evidence.interfaces.filter(
    ({ attachment, tags, type }) =>
      managed.has(attachment?.instanceID ?? "") && (type ?? "interface") === "interface" && !isTagged(tags),
  );
  if (untagged.length === 0) return;
  const examples = untagged.slice(0, EXAMPLES).map(({ id }) => id);
  const more = untagged.length > EXAMPLES ? ", …" : "";
  const message = `interfaces of managed nodes without the tag ${TAG.clusterUID}: ${untagged.length} (${examples.join(", ")}${more}); nothing can be released from them until their agent has tagged them`;
  notices.alarm({ kind: "untagged-interface", message });
}

/** Whether the functions' role may not touch an interface, for our cluster's tag is not on it: asking would only be refused. */
export function isUntagged({ interfaces }: Pick<Evidence, "interfaces">, interfaceID: string): boolean {
  return !isTagged(interfaces.find(({ id }) => id === interfaceID)?.tags);
}

const isTagged = (tags: Readonly<Record<string, string>> | undefined): boolean =>
  tags?.[TAG.clusterUID] !== undefined;
