import type { Address } from "../address.ts";
import type { NetworkInterface, VpcIPEvidence } from "../evidence.ts";
import { labelValue, saysKeep } from "../objects/names.ts";
import { isLent, isWithoutPlace } from "../record-transitions.ts";
import {
  liveSandbox,
  optedOut,
  outlivesInstance,
  perhapsRetained,
  retainingClaim,
  standingOf,
} from "./claim.ts";
import { proofOfDeath } from "./dead-instance.ts";
import { allAddresses, type Facts, heldKey, type NodeFacts, nodesOf } from "./facts.ts";
import { type Finding, keep, unknown } from "./finding.ts";

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
 * The address by whose VpcIP a detached interface is marked: the one that marks it, else its primary, or another of its own where that
 * name is the record of a claim that is served elsewhere, or waits to be. Where all its names are taken so, the record of a static
 * claim that waits is lent to it: the claim waits for this very interface to go. Undefined where none waits.
 */
export function markerOf(facts: Facts, item: NetworkInterface): Address | undefined {
  const names = [...(item.primary === undefined ? [] : [item.primary]), ...item.addresses];
  return (
    names.find((address) => isMarkOf(recordAt(facts, address), item.id)) ??
    names.find((address) => !isClaimedElsewhere(recordAt(facts, address), item.id)) ??
    names.find((address) => mayBeLent(recordAt(facts, address)))
  );
}

const recordAt = ({ vpcIPs, evidence }: Facts, address: Address): VpcIPEvidence | undefined =>
  vpcIPs.get(address) ?? evidence.ofOthers?.get(address);

function isMarkOf(record: VpcIPEvidence | undefined, interfaceID: string): boolean {
  if (record?.known === "labels")
    return record.labels.state === "Leaked" && record.labels.interface === labelValue(interfaceID);
  const { leak, interfaceID: named } = record?.known === "whole" ? record.object.spec : {};
  return leak?.scope === "Interface" && named === interfaceID;
}

/** Whether a record is of a claim, and doesn't say that its address is on this interface. */
function isClaimedElsewhere(record: VpcIPEvidence | undefined, interfaceID: string): boolean {
  switch (record?.known) {
    case "labels":
      return record.labels.podUID !== undefined && record.labels.interface !== labelValue(interfaceID);
    case "whole":
      return record.object.spec.claim !== undefined && record.object.spec.interfaceID !== interfaceID;
    case "unreadable":
      return true;
    case undefined:
      return false;
  }
}

/** Whether a static claim's record names no place, as far as it can be read: nobody is at work on it. */
function mayBeLent(record: VpcIPEvidence | undefined): boolean {
  if (record?.known === "whole") return isWithoutPlace(record.object);
  if (record?.known !== "labels") return false;
  const { podUID, instance, interface: interfaceID, state } = record.labels;
  return podUID !== undefined && (instance ?? interfaceID) === undefined && !RELEASED.has(state ?? "");
}

const RELEASED: ReadonlySet<string> = new Set(["Leaked", "Releasing", "Released"]);

/** Whether a record is a static claim's, and says where this interface is only because it is lent to its mark. */
function isLentTo(record: VpcIPEvidence | undefined, interfaceID: string): boolean {
  if (!isMarkOf(record, interfaceID)) return false;
  if (record?.known === "labels")
    return record.labels.podUID !== undefined && record.labels.instance === undefined;
  return record?.known === "whole" && isLent(record.object);
}

/**
 * Whether an address is a static claim's by a record that names another place, or none, or is but lent to this interface. Such a
 * claim can't be served by a detached interface: it waits for the address to come free, and each would keep the other for ever.
 */
function waitsElsewhere(record: VpcIPEvidence | undefined, interfaceID: string): boolean {
  const isStatic = record?.known === "whole" && record.object.spec.claim?.uid !== undefined;
  if (isStatic && isClaimedElsewhere(record, interfaceID)) return true;
  return mayBeLent(record) || isLentTo(record, interfaceID);
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
