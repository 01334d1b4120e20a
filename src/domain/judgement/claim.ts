import { type Address, parseAddress } from "../address.ts";
import type { PodView } from "../evidence.ts";
import { retention } from "../expiry.ts";
import type { Sandbox } from "../objects/nodeeniconfig.ts";
import type { Cause, ClaimReference } from "../objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../objects/vpcipclaim.ts";
import { type Facts, type NodeFacts, recordAt } from "./facts.ts";
import { type Finding, keep, unknown } from "./finding.ts";
import { type UnreadClaim, unreadClaimOf } from "./unread-claims.ts";

/** Whether a claim still accounts for its address. */
export type Standing =
  | { readonly stands: true; readonly finding: Finding }
  | { readonly stands: false; readonly cause: Cause; readonly detail: string };

const stands = (finding: Finding): Standing => ({ stands: true, finding });
const fallen = (cause: Cause, detail: string): Standing => ({ stands: false, cause, detail });

/**
 * A claim stands while its Pod lives, by UID and never by name alone (H04); a static one stands beyond its Pod until its
 * policy ends it. A Pod that finished holds nothing, whatever its status still shows (H15, H44).
 *
 * @param node the living node whose interface has the address; undefined for a record without one
 */
export function standingOf(
  facts: Facts,
  address: Address,
  claim: ClaimReference,
  node?: NodeFacts,
): Standing {
  const pod = facts.podByUID.get(claim.podUID);
  if (pod?.keep === true) return stands(optedOut(pod));
  if (pod !== undefined && !pod.finished) {
    const replaced = node === undefined ? undefined : replacement(facts, address, claim, node);
    if (replaced !== undefined) return fallen("sandbox-replaced", replaced);
    const how = pod.terminating ? ", terminating" : "";
    return stands(keep("claimed", `Pod ${pod.namespace}/${pod.name}${how}`));
  }
  if (pod === undefined && facts.evidence.livePodUIDs?.has(claim.podUID) === true) {
    return stands(keep("claimed", `Pod ${claim.namespace}/${claim.name}`));
  }
  const sandbox = liveSandbox(claim, node);
  if (sandbox !== undefined) return stands(keep("in-use", `container ${sandbox.containerID}`));
  const ended: Standing =
    pod === undefined
      ? fallen("pod-gone", `no Pod has UID ${claim.podUID} (${claim.namespace}/${claim.name})`)
      : fallen("pod-finished", `Pod ${pod.namespace}/${pod.name} has finished`);
  return claim.uid === undefined ? ended : staticStanding(facts, address, claim, claim.uid, ended);
}

/**
 * The same, where the record says which instance has the address: it is not its Pod's who has another address on another node. So it
 * is where a static claim is deleted while its address has yet to move to the Pod's node.
 *
 * @param node whose instance it is
 */
export function standingAt(
  facts: Facts,
  address: Address,
  claim: ClaimReference,
  node: NodeFacts | undefined,
): Standing {
  const standing = standingOf(facts, address, claim, node);
  const isClaimed =
    standing.stands && standing.finding.decision === "keep" && standing.finding.reason === "claimed";
  if (node === undefined || !isClaimed || liveSandbox(claim, node) !== undefined) return standing;
  const elsewhere = servedElsewhere(facts, address, claim, node.name);
  return elsewhere === undefined ? standing : fallen("sandbox-replaced", elsewhere);
}

/** What a claim object that outlives its Pod says. */
function staticStanding(
  facts: Facts,
  address: Address,
  claim: ClaimReference,
  uid: string,
  ended: Standing,
): Standing {
  const { claims } = facts.evidence;
  if (claims === undefined) return stands(unknown("claims-not-read"));
  const name = `${claim.namespace}/${claim.name}`;
  const found = claims.get(name);
  if (found !== undefined && !found.readable)
    return stands(unknown("claim-unreadable", `${name}: ${found.why}`));
  if (found === undefined || found.object.metadata.uid !== uid) {
    return fallen("claim-gone", `VpcIPClaim ${name} with UID ${uid} is gone`);
  }
  if (found.object.spec.static !== true) return ended;
  const named = parseAddress(found.object.status?.address ?? "");
  if (named !== undefined && named !== address)
    return fallen("claim-gone", `VpcIPClaim ${name} names ${named}`);
  return retentionStanding(facts, found.object);
}

/** A static claim stands while a Pod of its name, or its last Pod, lives (H34); then its policy decides. */
function retentionStanding({ podByName, evidence }: Facts, claim: StoredVpcIPClaim): Standing {
  const name = `${claim.metadata.namespace ?? ""}/${claim.metadata.name}`;
  const isThere =
    podByName.get(name)?.finished === false || evidence.livePodUIDs?.has(claim.status?.podUID ?? "") === true;
  if (isThere) return stands(keep("retained", `Pod ${name}`));
  const kept = retention(claim, evidence.now);
  const detail = `VpcIPClaim ${name}, ${kept.detail}`;
  return kept.retained ? stands(keep("retained", detail)) : fallen(kept.cause, detail);
}

/**
 * The newer sandbox of the same Pod, where one took this one's place (H42, H43): the Pod's status shows another address
 * that has a record of the same Pod. Under the node lease the report must agree: a live sandbox of the Pod with another
 * container ID and another address, and none with this one's.
 */
function replacement(
  facts: Facts,
  address: Address,
  claim: ClaimReference,
  node: NodeFacts,
): string | undefined {
  const pod = facts.podByUID.get(claim.podUID);
  if (pod === undefined || (facts.recordsOfPod.get(claim.podUID) ?? 0) < 2) return undefined;
  const other = newerAddress(facts, address, claim, pod);
  if (other === undefined) return undefined;
  const { report } = node.managed;
  if (report?.valid === true) {
    if (liveSandbox(claim, node) !== undefined) return undefined;
    const there = node.sandboxes.filter((sandbox) => parseAddress(sandbox.address) === other);
    if (there.length === 0 || there.some(({ podUID }) => podUID !== claim.podUID)) return undefined;
  }
  return `a newer sandbox of Pod ${pod.namespace}/${pod.name} has ${other}`;
}

/**
 * The same for a Pod on another node than the record's: no report of the record's node could tell of it, for a Pod never leaves its
 * node (Kubernetes, "Pod Lifecycle").
 *
 * @param nodeName the node that the record names
 */
export function servedElsewhere(
  facts: Facts,
  address: Address,
  claim: ClaimReference,
  nodeName: string,
): string | undefined {
  const pod = facts.podByUID.get(claim.podUID);
  if (pod?.nodeName === undefined || pod.nodeName === nodeName || pod.finished || pod.keep) return undefined;
  const other = newerAddress(facts, address, claim, pod);
  return other && `Pod ${pod.namespace}/${pod.name} has ${other} on ${pod.nodeName}`;
}

/** Another address that a Pod shows, with a record of a newer sandbox of it; undefined where any Pod shows this one. */
function newerAddress(
  facts: Facts,
  address: Address,
  claim: ClaimReference,
  pod: PodView,
): Address | undefined {
  if (pod.addresses.includes(address) || facts.podsAt.has(address)) return undefined;
  return pod.addresses.find((candidate) => {
    const record = recordAt(facts, candidate);
    if (record?.known !== "whole") return false;
    const { claim: newer } = record.object.spec;
    return newer?.podUID === claim.podUID && newer.containerID !== claim.containerID;
  });
}

/** The claim's own sandbox, by a report that holds: a Pod that is gone from the API may still run (H13). */
export function liveSandbox(claim: ClaimReference, node: NodeFacts | undefined): Sandbox | undefined {
  if (node?.managed.report?.valid !== true) return undefined;
  return node.sandboxes.find(({ containerID }) => containerID === claim.containerID);
}

/** What of a claim outlives the instance: a person's opt-out on its Pod, and the static claim object, by UID. */
export function outlivesInstance(facts: Facts, address: Address, claim: ClaimReference): Finding | undefined {
  const pod = facts.podByUID.get(claim.podUID);
  if (pod?.keep === true) return optedOut(pod);
  if (claim.uid === undefined) return undefined;
  const standing = staticStanding(facts, address, claim, claim.uid, fallen("instance-gone", ""));
  return standing.stands ? standing.finding : undefined;
}

export const optedOut = ({ namespace, name }: PodView): Finding =>
  keep("opt-out", `annotation on Pod ${namespace}/${name}`);

/** A static claim that names the address and still retains it, whatever the records say; or one that can't be read and names it. */
export function retainingClaim(facts: Facts, address: Address): Finding | undefined {
  for (const claim of facts.staticClaimsOf.get(address) ?? []) {
    const standing = retentionStanding(facts, claim);
    if (standing.stands) return standing.finding;
  }
  const unread = facts.unreadClaims.of.get(address);
  return unread === undefined ? undefined : unreadFinding(unread);
}

/** A static claim that tells nobody its address: it may be this one, unless its VpcIP names another claim. */
export function perhapsRetained(facts: Facts, address: Address): Finding | undefined {
  const unread = unreadClaimOf(facts.unreadClaims, facts.vpcIPs.get(address));
  return unread === undefined ? undefined : unreadFinding(unread);
}

const unreadFinding = ({ name, why }: UnreadClaim): Finding => unknown("claim-unreadable", `${name}: ${why}`);
