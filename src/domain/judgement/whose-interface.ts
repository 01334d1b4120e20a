import type { Attachment, NetworkInterface } from "../evidence.ts";
import { saysKeep, TAG } from "../objects/names.ts";
import type { KeepReason, UnknownReason } from "../verdict.ts";
import { type Facts, type NodeFacts, nodesOf } from "./facts.ts";

/** Whose an interface is: ours on a living node, ours and detached, or not a thing that we touch. */
export type Ownership =
  | { readonly whose: "node"; readonly node: NodeFacts; readonly instanceID: string }
  | { readonly whose: "detached"; readonly node: string | undefined; readonly instanceID: string | undefined }
  | { readonly whose: "kept"; readonly reason: KeepReason; readonly node?: string; readonly detail?: string }
  | {
      readonly whose: "unknown";
      readonly reason: UnknownReason;
      readonly node?: string;
      readonly detail?: string;
    };

interface OffLimits {
  readonly reason: KeepReason;
  readonly detail?: string;
}

/**
 * Asks, in this order: is it a plain interface, did somebody opt out, is it attached to a node that we manage, and if
 * detached, does a tag with our cluster's UID say that it is ours. A cluster's name is never enough (H65).
 */
export function whoseInterface(facts: Facts, item: NetworkInterface): Ownership {
  const offLimits = whyOffLimits(item);
  if (offLimits !== undefined) return { whose: "kept", ...offLimits };
  return item.attachment === undefined ? detached(facts, item) : attached(facts, item, item.attachment);
}

/** Why an interface is never touched, whoever has it: its kind, or a person's opt-out. Undefined: nothing of it says so. */
export function whyOffLimits(item: NetworkInterface): OffLimits | undefined {
  if (item.type !== undefined && item.type !== "interface") {
    return { reason: "interface-type", detail: item.type };
  }
  if (item.requesterManaged === true || item.operatorManaged === true) {
    return { reason: "requester-managed" };
  }
  if (saysKeep(item.tags, TAG.keep) || item.tags?.[TAG.vpcCniNoManage] === "true") {
    return { reason: "opt-out" };
  }
  return undefined;
}

function attached(facts: Facts, item: NetworkInterface, attachment: Attachment): Ownership {
  const { instanceID } = attachment;
  if (instanceID === undefined)
    return { whose: "kept", reason: "not-ours", detail: "attached to no instance of this account" };
  const nodes = nodesOf(facts, instanceID, item.tags?.[TAG.node]);
  const [node] = nodes;
  if (node === undefined) return { whose: "kept", reason: "foreign-node", detail: instanceID };
  if (nodes.length > 1) {
    return { whose: "unknown", reason: "node-identity", detail: nodes.map(({ name }) => name).join(", ") };
  }
  const { name, managed } = node;
  if (!managed.config.readable) return { whose: "unknown", reason: "config-unreadable", node: name };
  if (managed.config.object.status?.instanceID === undefined)
    return { whose: "unknown", reason: "config-incomplete", node: name };
  if (managed.config.object.status?.allocator === "foreign")
    return { whose: "kept", reason: "foreign-node", node: name };
  if (isOfAnotherCluster(facts, item)) return { whose: "kept", reason: "other-cluster", node: name };
  if (managed.node !== undefined && managed.node !== "missing" && managed.node.instanceID !== instanceID) {
    return {
      whose: "unknown",
      reason: "node-identity",
      node: name,
      detail: managed.node.instanceID ?? "no providerID",
    };
  }
  if (item.type === undefined || item.requesterManaged === undefined || attachment.status === undefined) {
    return { whose: "unknown", reason: "interface-unknown-kind", node: name };
  }
  if (attachment.status !== "attached") {
    return { whose: "kept", reason: "interface-in-transition", node: name, detail: attachment.status };
  }
  return { whose: "node", node, instanceID };
}

function detached(facts: Facts, item: NetworkInterface): Ownership {
  const uid = item.tags?.[TAG.clusterUID];
  const ours = facts.evidence.cluster?.uid;
  if (uid === undefined || ours === undefined) return { whose: "kept", reason: "not-ours" };
  if (uid !== ours) return { whose: "kept", reason: "other-cluster" };
  const node = item.tags?.[TAG.node];
  const named = node === undefined ? {} : { node };
  if (item.type === undefined || item.requesterManaged === undefined) {
    return { whose: "unknown", reason: "interface-unknown-kind", ...named };
  }
  if (item.status !== "available") {
    return {
      whose: "unknown",
      reason: "interface-contradicts",
      ...named,
      detail: `detached and ${item.status ?? "without status"}`,
    };
  }
  return { whose: "detached", node, instanceID: item.tags?.[TAG.instance] };
}

function isOfAnotherCluster(facts: Facts, item: NetworkInterface): boolean {
  const uid = item.tags?.[TAG.clusterUID];
  const ours = facts.evidence.cluster?.uid;
  return uid !== undefined && ours !== undefined && uid !== ours;
}
