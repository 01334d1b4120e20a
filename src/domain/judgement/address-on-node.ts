import type { Address } from "../address.ts";
import type { NetworkInterface, VpcIPLabels } from "../evidence.ts";
import { labelValue, saysKeep } from "../objects/names.ts";
import type { StoredVpcIP } from "../objects/vpcip.ts";
import { optedOut, perhapsRetained, retainingClaim, standingAt } from "./claim.ts";
import { type Facts, heldKey, type NodeFacts } from "./facts.ts";
import { type Finding, keep, SUSPECT, unknown } from "./finding.ts";

/**
 * Judges a secondary address of an interface that is attached to a living node of ours: every keeper of design §4 is
 * asked, each may keep; only where none does, it is leaked.
 */
export function judgeAddressOnNode(
  facts: Facts,
  node: NodeFacts,
  item: NetworkInterface,
  address: Address,
): Finding {
  const { evidence } = facts;
  const state = evidence.instances.get(node.instanceID ?? "");
  if (state === "stopped" || state === "stopping") return keep("instance-stopped", node.instanceID);
  if (state !== undefined && state !== "running" && state !== "pending") {
    return unknown("interface-contradicts", `attached, and the instance is ${state}`);
  }
  const held = heldByAllocator(facts, node, item, address);
  if (held !== undefined) return held;
  const exempt = facts.optedOutAt.get(address);
  if (exempt !== undefined) return optedOut(exempt);
  if (facts.evidence.vpcIPs === undefined) return unknown("records-not-read");
  const retained = retainingClaim(facts, address) ?? perhapsRetained(facts, address);
  if (retained !== undefined) return retained;

  const finding = byRecord(facts, node, item, address);
  if (finding.decision !== "leaked") return finding;
  const pod = facts.podsAt.get(address)?.[0];
  if (pod !== undefined) return keep("pod-status", `Pod ${pod.namespace}/${pod.name}`);
  if (node.managed.changedMeanwhile === true) return unknown("config-changed", node.name);
  if (node.managed.node === "missing") return unknown("node-missing", node.name);
  const refill = node.youngRefills.find(({ interfaceID }) => interfaceID === item.id);
  if (refill !== undefined && node.managed.report === undefined) return keep("refill", refill.id);
  return finding;
}

/** Sandboxes, pool and cooling. What one of its sandboxes has counts only from a report that holds: an old one proves nothing. */
function heldByAllocator(
  facts: Facts,
  node: NodeFacts,
  item: NetworkInterface,
  address: Address,
): Finding | undefined {
  const sandbox = node.inUse.get(address);
  if (sandbox !== undefined && node.managed.report?.valid === true) {
    return keep("in-use", `container ${sandbox.containerID}`);
  }
  if (node.pool.has(address)) return keep("pool", node.name);
  if (node.cooling.has(address)) return keep("cooling", node.name);
  const holder = facts.held.get(heldKey(address, item.id));
  return holder === undefined ? undefined : keep("pool", `of ${holder}`);
}

function byRecord(facts: Facts, node: NodeFacts, item: NetworkInterface, address: Address): Finding {
  const record = facts.vpcIPs.get(address);
  if (record === undefined) {
    return {
      decision: "leaked",
      cause: "never-recorded",
      gives: "address",
      needs: "report",
      detail: "no VpcIP, no pool, no Pod",
    };
  }
  switch (record.known) {
    case "unreadable":
      return unknown("record-unreadable", record.why);
    case "labels":
      return byLabels(facts, node, item, record.labels);
    case "whole":
      return byWholeRecord(facts, node, item, address, record.object);
  }
}

/** Labels may say "obviously claimed"; everything else needs a look at the whole object. */
function byLabels(facts: Facts, node: NodeFacts, item: NetworkInterface, labels: VpcIPLabels): Finding {
  if (labels.keep === true) return keep("opt-out", "annotation");
  const { livePodUIDs } = facts.evidence;
  const claimed =
    labels.podUID !== undefined &&
    livePodUIDs?.has(labels.podUID) === true &&
    facts.recordsOfPod.get(labels.podUID) === 1;
  const plain = labels.state === "Bound" || labels.state === "Attaching";
  const here = labels.node === labelValue(node.name) && labels.interface === item.id;
  return claimed && plain && here ? keep("claimed", `Pod UID ${labels.podUID}`) : SUSPECT;
}

function byWholeRecord(
  facts: Facts,
  node: NodeFacts,
  item: NetworkInterface,
  address: Address,
  record: StoredVpcIP,
): Finding {
  const { spec, metadata } = record;
  if (saysKeep(metadata.annotations)) return keep("opt-out", "annotation");
  const leaked = { decision: "leaked", gives: "address", needs: "report" } as const;
  if (spec.claim === undefined) {
    const noted = spec.leak !== undefined || spec.release !== undefined || spec.tombstones !== undefined;
    if (!noted) return unknown("record-unreadable", "it says neither who claims it nor that it is leaked");
    return {
      ...leaked,
      cause: spec.leak?.scope === "Address" ? spec.leak.cause : "never-recorded",
      detail: "its VpcIP has no claim",
    };
  }
  if (spec.interfaceID === undefined)
    return keep("attaching", `for ${spec.claim.namespace}/${spec.claim.name}`);
  const here = spec.interfaceID === item.id && spec.nodeName === node.name;
  const sameInstance = spec.instanceID === undefined || spec.instanceID === node.instanceID;
  if (!here || !sameInstance) {
    return unknown("record-mismatch", `${spec.nodeName} ${spec.instanceID ?? ""} ${spec.interfaceID}`);
  }
  const standing = standingAt(facts, address, spec.claim, node);
  return standing.stands ? standing.finding : { ...leaked, cause: standing.cause, detail: standing.detail };
}
