import type { NetworkInterface } from "../evidence.ts";
import { saysKeep } from "../objects/names.ts";
import {
  liveSandbox,
  optedOut,
  outlivesInstance,
  perhapsRetained,
  retainingClaim,
  standingOf,
} from "./claim.ts";
import { proofOfDeath } from "./dead-instance.ts";
import { allAddresses, type Facts, heldKey, type NodeFacts, nodesOf, recordAt } from "./facts.ts";
import { type Finding, keep, unknown } from "./finding.ts";
import { waitsElsewhere } from "./orphan-names.ts";

/**
 * Judges a detached interface of ours. An orphan's instance is gone; or it lives, and its allocator doesn't know the
 * interface, or says itself that it was attached or is being detached (killed between detach and delete, H41). A mark of it
 * stands for half an hour before anything is done, and EC2 deletes none that is attached by then.
 *
 * @param nodeName from the interface's tag
 */
export function judgeOrphan(
  facts: Facts,
  item: NetworkInterface,
  nodeName: string | undefined,
  instanceID: string | undefined,
): Finding {
  const state = facts.evidence.instances.get(instanceID ?? "");
  const death = proofOfDeath(state);
  const wanted = wantedBySomebody(facts, item, death !== undefined);
  if (wanted !== undefined) return wanted;
  if (instanceID === undefined) return unknown("instance-unknown", "no tag names its instance");
  const nodes = nodesOf(facts, instanceID, nodeName);
  const orphan = { decision: "leaked", cause: "interface-orphaned", gives: "interface" } as const;
  if (death !== undefined) {
    return {
      ...orphan,
      needs: death,
      detail: `${instanceID} is ${state === "terminated" ? state : "not found"}`,
    };
  }
  switch (state) {
    case "stopped":
    case "stopping":
      return keep("instance-stopped", instanceID);
    case "pending":
    case "running":
      break;
    default:
      return unknown("instance-unknown", instanceID);
  }
  const [node, another] = nodes;
  if (node === undefined)
    return keep("instance-alive", `${instanceID}${nodeName === undefined ? "" : ` (${nodeName})`}`);
  if (another !== undefined || (nodeName ?? node.name) !== node.name) {
    return unknown("node-identity", [nodeName, ...nodes.map(({ name }) => name)].join(", "));
  }
  if (!node.managed.config.readable) return unknown("config-unreadable", node.name);
  if (node.managed.config.object.status?.instanceID === undefined)
    return unknown("config-incomplete", node.name);
  const isAttaching =
    node.interfaces.has(item.id) && (node.interfaces.get(item.id) ?? "Attaching") === "Attaching";
  if (isAttaching) return keep("interface-in-transition", `its allocator on ${node.name} attaches it`);
  const refill = node.youngRefills.find(({ interfaceID }) => interfaceID === item.id);
  if (refill !== undefined) return keep("refill", refill.id);
  if (node.managed.changedMeanwhile === true) return unknown("config-changed", node.name);
  const used = usedBySomebody(facts, item, node);
  if (used !== undefined) return used;
  // Another cause than that of a gone instance: this mark must not pass for the first look that didn't find it.
  const isListed = node.interfaces.has(item.id);
  const detail = `its allocator on ${node.name} ${isListed ? "has detached it" : "doesn't know it"}`;
  return { ...orphan, cause: "never-recorded", needs: "report", detail };
}

/**
 * A person's opt-out, a static claim that retains one of its addresses there, or a record that we can't read. What a dead instance
 * left can serve no claim: only records that name the interface still hold it, until they are without a place.
 */
function wantedBySomebody(facts: Facts, item: NetworkInterface, isDead: boolean): Finding | undefined {
  for (const address of allAddresses(item)) {
    const record = recordAt(facts, address);
    const isWaiting = waitsElsewhere(record, item.id);
    const mayServe = !isDead && !isWaiting;
    const retained = mayServe
      ? (retainingClaim(facts, address) ?? perhapsRetained(facts, address))
      : undefined;
    if (retained !== undefined) return retained;
    if (record?.known === "unreadable") return unknown("record-unreadable", `${address}: ${record.why}`);
    const kept =
      record?.known === "labels"
        ? record.labels.keep === true
        : saysKeep(record?.object.metadata.annotations);
    if (kept) return keep("opt-out", `annotation on ${address}`);
    const exempt = facts.optedOutAt.get(address);
    if (exempt !== undefined) return optedOut(exempt);
    const { claim, interfaceID } = record?.known === "whole" ? record.object.spec : {};
    if (claim === undefined || isWaiting || !(mayServe || interfaceID === item.id)) continue;
    const outlasting = outlivesInstance(facts, address, claim);
    if (outlasting !== undefined) return outlasting;
  }
  return undefined;
}

/** On a living instance: a sandbox, a pool entry, a Pod's status or a claim that stands speaks for the interface. */
function usedBySomebody(facts: Facts, item: NetworkInterface, node: NodeFacts): Finding | undefined {
  for (const address of allAddresses(item)) {
    const sandbox = node.managed.report?.valid === true ? node.inUse.get(address) : undefined;
    if (sandbox !== undefined) return keep("in-use", `container ${sandbox.containerID}`);
    const holder = facts.held.get(heldKey(address, item.id));
    if (holder !== undefined) return keep("pool", `of ${holder}`);
    const pod = facts.podsAt.get(address)?.[0];
    if (pod !== undefined) return keep("pod-status", `Pod ${pod.namespace}/${pod.name}`);
    const record = recordAt(facts, address);
    if (waitsElsewhere(record, item.id)) continue;
    if (record?.known === "labels" && facts.evidence.livePodUIDs?.has(record.labels.podUID ?? "") === true) {
      return keep("claimed", `Pod UID ${record.labels.podUID}`);
    }
    const claim = record?.known === "whole" ? record.object.spec.claim : undefined;
    if (claim === undefined) continue;
    const own = liveSandbox(claim, node);
    if (own !== undefined) return keep("in-use", `container ${own.containerID}`);
    const standing = standingOf(facts, address, claim);
    if (standing.stands) return standing.finding;
  }
  return undefined;
}
