/**
 * A slow, obvious oracle: for one address of one interface, everything that the design says accounts for it, asked one
 * by one, without any index. Nothing here is shared with the planner but the reading of an address's text.
 */
import { type Address, parseAddress, prefixMembers } from "../../src/domain/address.ts";
import type { Evidence, NetworkInterface, PodView } from "../../src/domain/evidence.ts";
import type { NodeENIConfigStatus } from "../../src/domain/objects/nodeeniconfig.ts";
import type { ClaimReference, StoredVpcIP } from "../../src/domain/objects/vpcip.ts";
import type { StoredVpcIPClaim } from "../../src/domain/objects/vpcipclaim.ts";

export const MARK_AGE_SECONDS = 1800;
export const NOT_FOUND_SECONDS = 3600;
export const REFILL_SECONDS = 600;

export const same = (text: string | undefined, address: Address): boolean =>
  parseAddress(text ?? "") === address;

export interface Named {
  readonly name: string;
  readonly status: NodeENIConfigStatus;
}

function configs({ nodes }: Evidence): Named[] {
  return [...nodes].flatMap(([name, { config }]) =>
    config.readable && config.object.status !== undefined ? [{ name, status: config.object.status }] : [],
  );
}

/** What stops anything from being done to an interface, whoever has it. */
export function keepsInterface({ cluster }: Evidence, item: NetworkInterface): string | undefined {
  if (item.type !== "interface") return "not a plain interface";
  if (item.requesterManaged !== false) return "requester-managed, or nobody says";
  if (item.operatorManaged === true) return "run by an AWS service";
  if (item.tags?.["vpcip.dev/keep"] !== undefined) return "opt-out tag";
  if (item.tags?.["node.k8s.amazonaws.com/no_manage"] === "true") return "opt-out tag of the VPC CNI";
  const uid = item.tags?.["vpcip.dev/cluster-uid"];
  if (uid !== undefined && cluster !== undefined && uid !== cluster.uid) return "another cluster's";
  return undefined;
}

/** Whether another Node of ours names an instance, where its own config doesn't tell. */
export function isAlsoCalled({ nodes }: Evidence, name: string, instanceID: string | undefined): boolean {
  return [...nodes].some(
    ([other, { config, node }]) =>
      other !== name &&
      !(config.readable && config.object.status?.instanceID !== undefined) &&
      node !== "missing" &&
      node?.instanceID === instanceID,
  );
}

/** The one node of ours that an interface is attached to, alive as far as anybody says; or why it isn't. */
function nodeOf(evidence: Evidence, item: NetworkInterface): Named | string {
  const { attachment } = item;
  if (attachment?.instanceID === undefined || attachment.status !== "attached") return "not attached";
  const [named, another] = configs(evidence).filter(
    ({ status }) => status.instanceID === attachment.instanceID,
  );
  if (named === undefined) return "no NodeENIConfig names its instance";
  if (another !== undefined) return "two NodeENIConfigs name its instance";
  if (isAlsoCalled(evidence, named.name, attachment.instanceID))
    return "another Node of ours names its instance";
  if (named.status.allocator === "foreign") return "a foreign allocator";
  const managed = evidence.nodes.get(named.name);
  if (managed?.node === "missing") return "its Node is gone";
  if (managed?.node !== undefined && managed.node.instanceID !== attachment.instanceID)
    return "its Node is another instance";
  if (managed?.changedMeanwhile === true) return "its config changed meanwhile";
  const state = evidence.instances.get(attachment.instanceID);
  if (state !== undefined && state !== "running" && state !== "pending") return `its instance is ${state}`;
  return named;
}

/** Why an address may not be taken from an interface. Undefined: nothing accounts for it, and nothing is unknown. */
export function keeperOf(evidence: Evidence, item: NetworkInterface, address: Address): string | undefined {
  if (item.primary === address) return "a primary";
  const kept = keepsInterface(evidence, item);
  if (kept !== undefined) return kept;
  const node = nodeOf(evidence, item);
  if (typeof node === "string") return node;
  const holds = (entry: { readonly address: string }) => same(entry.address, address);
  if (evidence.nodes.get(node.name)?.report?.valid !== true) return "no report that holds";
  if (node.status.inUse?.some(holds) === true) return "in use";
  if (node.status.pool?.some(holds) === true) return "in the pool";
  if (node.status.cooling?.some(holds) === true) return "cooling";
  const lists = configs(evidence).flatMap(({ status }) => [
    ...(status.pool ?? []),
    ...(status.cooling ?? []),
  ]);
  if (lists.some((entry) => holds(entry) && entry.interfaceID === item.id)) return "in another node's pool";
  if (evidence.pods.some((pod) => !pod.finished && pod.addresses.includes(address))) return "a Pod's status";
  if (evidence.pods.some((pod) => pod.keep && pod.addresses.includes(address))) return "a Pod's opt-out";
  if (retainedByName(evidence, address)) return "a static claim names it";
  if (perhapsOfClaim(evidence, address)) return "a claim that nobody can read may name it";
  if (evidence.vpcIPs === undefined) return "records not read";
  const found = evidence.vpcIPs.get(address);
  if (found === undefined) return undefined;
  return found.known === "whole"
    ? keptByRecord(evidence, node, item, found.object)
    : "record not known whole";
}

function keptByRecord(
  evidence: Evidence,
  node: Named,
  item: NetworkInterface,
  { metadata, spec }: StoredVpcIP,
): string | undefined {
  if (metadata.annotations?.["vpcip.dev/keep"] !== undefined) return "opt-out annotation";
  const { claim } = spec;
  if (claim === undefined) {
    const isNote = spec.leak ?? spec.release ?? spec.tombstones;
    return isNote === undefined ? "taken, and nothing says for whom" : undefined;
  }
  if (spec.interfaceID === undefined) return "being set up";
  const isHere =
    spec.interfaceID === item.id &&
    spec.nodeName === node.name &&
    (spec.instanceID === undefined || spec.instanceID === node.status.instanceID);
  if (!isHere) return "claimed for another place";
  if (node.status.inUse?.some(({ containerID }) => containerID === claim.containerID) === true)
    return "its sandbox lives";
  return keptByClaim(evidence, metadata.name, claim, (pod) =>
    isReplaced(evidence, node, metadata.name, claim, pod),
  );
}

/** Whether a claim still accounts for its address: its Pod by UID, or what a static claim says. */
export function keptByClaim(
  evidence: Evidence,
  name: string,
  claim: ClaimReference,
  isReplaced: (pod: PodView) => boolean = () => false,
): string | undefined {
  const pods = evidence.pods.filter(({ uid }) => uid === claim.podUID);
  if (pods.some((pod) => pod.keep)) return "its Pod's opt-out";
  const alive = pods.find(({ finished }) => !finished);
  if (alive !== undefined) return isReplaced(alive) ? undefined : "its Pod lives";
  if (pods.length === 0 && evidence.livePodUIDs?.has(claim.podUID) === true) return "its Pod lives";
  if (claim.uid === undefined) return undefined;
  if (evidence.claims === undefined) return "claims not read";
  const found = evidence.claims.get(`${claim.namespace}/${claim.name}`);
  if (found === undefined) return undefined;
  if (!found.readable) return "its claim can't be read";
  const named = found.object.status?.address;
  if (found.object.spec.static === true && named !== undefined && !same(named, parseAddress(name) as Address))
    return undefined;
  return found.object.metadata.uid === claim.uid && isRetained(evidence, found.object)
    ? "retained"
    : undefined;
}

/** A Pod that lives has another address: by a newer sandbox of its node, or on another node than this one. */
export const isReplaced = (...about: Parameters<typeof hasNewerSandbox>): boolean =>
  hasNewerSandbox(...about) || isServedElsewhere(...about);

/** A Pod of another node shows another address that is recorded for it: no report of this node could tell of that. */
export function isServedElsewhere(
  evidence: Evidence,
  { name: nodeName }: Pick<Named, "name">,
  name: string,
  claim: ClaimReference,
  pod: PodView,
): boolean {
  if (pod.nodeName === undefined || pod.nodeName === nodeName) return false;
  return hasNewerSandbox(evidence, { name: nodeName, status: { inUse: shownBy(pod) } }, name, claim, pod);
}

export const shownBy = ({ addresses, uid }: PodView) =>
  addresses.map((address) => ({ address, containerID: "any", podUID: uid }));

/** A Pod that lives has left this sandbox for a newer one, and both its status and its node's report say so. */
export function hasNewerSandbox(
  evidence: Evidence,
  node: Named,
  name: string,
  claim: ClaimReference,
  pod: PodView,
): boolean {
  return (
    !pod.addresses.some((address) => same(name, address)) &&
    pod.addresses.some((address) => {
      const other = evidence.vpcIPs?.get(address);
      const newer = other?.known === "whole" ? other.object.spec.claim : undefined;
      return (
        newer !== undefined &&
        newer.podUID === claim.podUID &&
        newer.containerID !== claim.containerID &&
        node.status.inUse?.some((box) => same(box.address, address)) === true &&
        node.status.inUse.every((box) => !same(box.address, address) || box.podUID === claim.podUID)
      );
    })
  );
}

export function retainedByName(evidence: Evidence, address: Address): boolean {
  return [...(evidence.claims?.values() ?? [])].some((claim) =>
    claim.readable
      ? same(claim.object.status?.address, address) && isRetained(evidence, claim.object)
      : claim.raw !== undefined && same(rawAddress(claim.raw), address),
  );
}

/** Whether a claim of which nobody can read anything may have the address: no VpcIP says that it is another claim's. */
export function perhapsOfClaim(evidence: Evidence, address: Address): boolean {
  const record = evidence.vpcIPs?.get(address);
  const claim = record?.known === "whole" ? record.object.spec.claim : undefined;
  return [...(evidence.claims ?? [])].some(
    ([name, unread]) =>
      !unread.readable &&
      unread.raw === undefined &&
      (claim === undefined || name === `${claim.namespace}/${claim.name}`),
  );
}

const rawAddress = (raw: unknown): string | undefined =>
  (raw as { readonly status: { readonly address?: string } }).status.address;

function isRetained(evidence: Evidence, { metadata, spec, status }: StoredVpcIPClaim): boolean {
  if (spec.static !== true) return false;
  const isBack = evidence.pods.some(
    (pod) => !pod.finished && pod.namespace === metadata.namespace && pod.name === metadata.name,
  );
  if (isBack || evidence.livePodUIDs?.has(status?.podUID ?? "") === true) return true;
  if (spec.reclaimPolicy === "WithPod") return false;
  if (spec.reclaimPolicy !== "AfterExpiry" || spec.expireAfter === undefined) return true;
  if (status?.detachedAt === undefined) return true;
  const parts = [...spec.expireAfter.matchAll(/([0-9]+)([hms])/g)];
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unit === "h" ? 3600 : unit === "m" ? 60 : 1),
    0,
  );
  return evidence.now < Date.parse(status.detachedAt) + seconds * 1000;
}

/** Whether an address carries a mark about this very interface that has stood for long enough. */
export function isDue(evidence: Evidence, item: NetworkInterface, address: Address): boolean {
  const found = evidence.vpcIPs?.get(address);
  if (found?.known !== "whole") return false;
  const { leak, interfaceID } = found.object.spec;
  if (leak === undefined || leak.scope !== "Address" || interfaceID !== item.id) return false;
  return evidence.now - Date.parse(leak.firstObservedAt) >= MARK_AGE_SECONDS * 1000;
}

/** Whether an address may be taken from an interface now: alone, or with the prefix that it is a member of. */
export function mayGo(evidence: Evidence, item: NetworkInterface, address: Address): boolean {
  const prefix = item.prefixes.find((one) => prefixMembers(one).includes(address));
  const together = prefix === undefined ? [address] : prefixMembers(prefix);
  return together.every((one) => keeperOf(evidence, item, one) === undefined && isDue(evidence, item, one));
}
