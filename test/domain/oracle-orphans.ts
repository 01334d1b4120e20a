/** The oracle for what is not an address on a living node: detached interfaces, and records that EC2 has no address for. */
import { type Address, prefixMembers } from "../../src/domain/address.ts";
import type { Evidence, NetworkInterface, PodView } from "../../src/domain/evidence.ts";
import type { Mark, StoredVpcIP } from "../../src/domain/objects/vpcip.ts";
import {
  isAlsoCalled,
  isReplaced,
  keeperOf,
  keepsInterface,
  keptByClaim,
  MARK_AGE_SECONDS,
  NOT_FOUND_SECONDS,
  perhapsOfClaim,
  REFILL_SECONDS,
  retainedByName,
  same,
} from "./oracle.ts";
import { keptNowhere } from "./oracle-nowhere.ts";

const all = (item: NetworkInterface): readonly Address[] => [
  ...(item.primary === undefined ? [] : [item.primary]),
  ...item.addresses,
  ...item.prefixes.flatMap(prefixMembers),
];

/** Why a detached interface may not be deleted. */
export function keeperOfOrphan(evidence: Evidence, item: NetworkInterface): string | undefined {
  const kept = keepsInterface(evidence, item);
  if (kept !== undefined) return kept;
  if (item.attachment !== undefined || item.status !== "available") return "not available";
  if (evidence.cluster === undefined) return "nobody says which cluster this is";
  if (item.tags?.["vpcip.dev/cluster-uid"] !== evidence.cluster.uid) return "not tagged ours";
  if (item.primary === undefined) return "no primary";
  const leak = markOf(evidence, item);
  if (leak === undefined) return "no mark";
  const age = (evidence.now - Date.parse(leak.firstObservedAt)) / 1000;
  if (age < MARK_AGE_SECONDS) return "a young mark";
  const instanceID = item.tags["vpcip.dev/instance-id"];
  const state = evidence.instances.get(instanceID ?? "");
  const isDead = state === "terminated" || state === "not-found";
  for (const address of all(item)) {
    const record = evidence.vpcIPs?.get(address);
    if (record?.known === "unreadable") return "a record that nobody can read";
    if (record?.known === "labels" && record.labels.keep === true) return "opt-out annotation";
    const isWaiting = waitsElsewhere(evidence, item, address);
    const mayServe = !isDead && !isWaiting;
    if (mayServe && retainedByName(evidence, address)) return "a static claim names one of its addresses";
    // Labels don't name a Pod's claim: under the lease, where this counts, no record is known by them alone.
    const isNamed = record?.known === "labels" && record.labels.podUID !== undefined;
    if (mayServe && !isNamed && perhapsOfClaim(evidence, address))
      return "a claim that nobody can read may name one";
    if (evidence.pods.some((pod) => pod.keep && pod.addresses.includes(address))) return "a Pod's opt-out";
    if (record?.known !== "whole") continue;
    if (record.object.metadata.annotations?.["vpcip.dev/keep"] !== undefined) return "opt-out annotation";
    if (isWaiting || (!mayServe && record.object.spec.interfaceID !== item.id)) continue;
    const retained = keptBeyondInstance(evidence, address, record.object);
    if (retained !== undefined) return retained;
  }
  if (state === "terminated") return undefined;
  if (state === "not-found") {
    const isSecondLook = leak.cause === "interface-orphaned" && age >= NOT_FOUND_SECONDS;
    return isSecondLook ? undefined : "not found for the first time";
  }
  if (state !== "running" && state !== "pending") return `its instance is ${state}`;
  return keptByLivingNode(evidence, item, instanceID);
}

/** The mark of a detached interface: on any address of its own, the primary first. */
function markOf({ vpcIPs }: Evidence, item: NetworkInterface): Mark | undefined {
  for (const address of [item.primary, ...item.addresses]) {
    if (address === undefined) continue;
    const record = vpcIPs?.get(address);
    if (record?.known !== "whole" || record.object.spec.interfaceID !== item.id) continue;
    if (record.object.spec.leak?.scope === "Interface") return record.object.spec.leak;
  }
  return undefined;
}

/** A static claim's record that names another interface, or none, or is lent to this one, is served by no detached one. */
function waitsElsewhere({ vpcIPs }: Evidence, item: NetworkInterface, address: Address): boolean {
  const record = vpcIPs?.get(address);
  if (record?.known !== "whole" || record.object.spec.claim?.uid === undefined) return false;
  const { interfaceID, instanceID, leak } = record.object.spec;
  return interfaceID !== item.id || (instanceID === undefined && leak?.scope === "Interface");
}

function keptByLivingNode(
  evidence: Evidence,
  item: NetworkInterface,
  instanceID: string | undefined,
): string | undefined {
  const [found, another] = [...evidence.nodes].filter(
    ([, { config }]) => config.readable && config.object.status?.instanceID === instanceID,
  );
  if (found === undefined || another !== undefined) return "no single NodeENIConfig names its instance";
  const [name, managed] = found;
  if (isAlsoCalled(evidence, name, instanceID)) return "another Node of ours names its instance";
  const status = managed.config.readable ? managed.config.object.status : undefined;
  if (item.tags?.["vpcip.dev/node"] !== undefined && item.tags["vpcip.dev/node"] !== name)
    return "tagged for another node";
  if (managed.changedMeanwhile === true) return "its config changed meanwhile";
  if (managed.report?.valid !== true) return "no report that holds";
  const listed = status?.interfaces?.find(({ id }) => id === item.id);
  if (listed !== undefined && listed.state !== "Attached" && listed.state !== "Detaching")
    return "its allocator attaches it";
  const isRefilled = status?.refills?.some(
    ({ interfaceID, startedAt }) =>
      interfaceID === item.id && evidence.now - Date.parse(startedAt) < REFILL_SECONDS * 1000,
  );
  if (isRefilled === true) return "a refill of it";
  const held = [...evidence.nodes.values()].flatMap(({ config }) =>
    config.readable ? [...(config.object.status?.pool ?? []), ...(config.object.status?.cooling ?? [])] : [],
  );
  if (
    held.some(
      ({ interfaceID, address }) => interfaceID === item.id && all(item).some((one) => same(address, one)),
    )
  )
    return "in a pool";
  for (const address of all(item)) {
    if (status?.inUse?.some((box) => same(box.address, address)) === true) return "in use";
    if (evidence.pods.some((pod) => !pod.finished && pod.addresses.includes(address)))
      return "a Pod's status";
    if (waitsElsewhere(evidence, item, address)) continue;
    const record = evidence.vpcIPs?.get(address);
    if (record?.known === "labels" && evidence.livePodUIDs?.has(record.labels.podUID ?? "") === true)
      return "claimed";
    const claim = record?.known === "whole" ? record.object.spec.claim : undefined;
    const kept = claim === undefined ? undefined : keptByClaim(evidence, address, claim);
    if (kept !== undefined) return kept;
    if (status?.inUse?.some(({ containerID }) => containerID === claim?.containerID) === true)
      return "its sandbox lives";
  }
  return undefined;
}

/** What of a claim outlives its instance: the static claim that the record names, also where it can't be read. */
function keptBeyondInstance(evidence: Evidence, name: Address, { spec }: StoredVpcIP): string | undefined {
  const { claim } = spec;
  if (evidence.pods.some(({ uid, keep }) => keep && uid === claim?.podUID)) return "its Pod's opt-out";
  if (claim?.uid === undefined) return undefined;
  const dead = { ...claim, podUID: "a Pod that nobody has" };
  return keptByClaim(evidence, name, dead);
}

/**
 * Why a VpcIP whose address EC2 doesn't have where it says may not be dropped.
 *
 * @param keepsClaim it isn't dropped: its place alone is taken away
 */
export function keeperOfRecord(
  evidence: Evidence,
  name: Address,
  record: StoredVpcIP,
  keepsClaim: boolean,
): string | undefined {
  const { spec, metadata } = record;
  if (metadata.annotations?.["vpcip.dev/keep"] !== undefined) return "opt-out annotation";
  const there = evidence.interfaces.find(
    (item) =>
      item.id === spec.interfaceID &&
      item.attachment !== undefined &&
      item.primary !== name &&
      all(item).includes(name),
  );
  if (there !== undefined) return keeperBesidePrefix(evidence, there, name, record);
  const { claim } = spec;
  if (claim === undefined) {
    if (spec.leak !== undefined || spec.release !== undefined) return undefined;
    if (spec.tombstones === undefined) return "taken, and nothing says for whom";
    return spec.tombstones.some(({ until }) => Date.parse(until) > evidence.now) ? "a tombstone" : undefined;
  }
  const age = (evidence.now - Date.parse(spec.leak?.firstObservedAt ?? "")) / 1000;
  if (!(age >= MARK_AGE_SECONDS)) return "no mark that is old enough";
  const isLent = claim.uid !== undefined && spec.instanceID === undefined && spec.interfaceID !== undefined;
  if (isLent && spec.leak?.scope === "Interface") return "its mark is an interface's";
  const state = evidence.instances.get(spec.instanceID ?? "");
  if (state === "terminated" || state === "not-found") {
    const isSecondLook = spec.leak?.cause === "instance-gone" && age >= NOT_FOUND_SECONDS;
    if (state === "not-found" && !isSecondLook) return "not found for the first time";
    const retained = keptBeyondInstance(evidence, name, record);
    if (keepsClaim) return retained === "retained" ? undefined : "no claim that it should stay for";
    return retained;
  }
  if (keepsClaim) return "its instance is not dead";
  if (retainedByName(evidence, name)) return "a static claim names it";
  if (perhapsOfClaim(evidence, name)) return "a claim that nobody can read may name it";
  if (spec.instanceID === undefined) return keptNowhere(evidence, name, record);
  return keptOnLivingNode(evidence, name, record);
}

/** The record of a fallen claim goes without its address in one case: the prefix of the address stays for another member (H35, H49). */
function keeperBesidePrefix(
  evidence: Evidence,
  item: NetworkInterface,
  name: Address,
  { spec }: StoredVpcIP,
): string | undefined {
  const prefix = item.prefixes.find((one) => prefixMembers(one).includes(name));
  if (prefix === undefined) return "EC2 has it where it says";
  if (spec.claim === undefined || spec.release !== undefined) return "it holds no claim alone";
  const age = (evidence.now - Date.parse(spec.leak?.firstObservedAt ?? "")) / 1000;
  if (!(age >= MARK_AGE_SECONDS)) return "no mark that is old enough";
  const isKept = (member: Address) => keeperOf(evidence, item, member) !== undefined;
  if (isKept(name)) return keeperOf(evidence, item, name);
  return prefixMembers(prefix).some(isKept) ? undefined : "its prefix may go, and it with it";
}

function keptOnLivingNode(evidence: Evidence, name: Address, { spec }: StoredVpcIP): string | undefined {
  const state = evidence.instances.get(spec.instanceID ?? "");
  if (state !== undefined && state !== "running" && state !== "pending") return `its instance is ${state}`;
  const matching = [...evidence.nodes].filter(
    ([, { config }]) => config.readable && config.object.status?.instanceID === spec.instanceID,
  );
  const [found, another] = matching;
  if (found === undefined || another !== undefined) return "no single node";
  if (found[0] !== spec.nodeName) return "it names another node";
  if (isAlsoCalled(evidence, found[0], spec.instanceID)) return "another Node of ours names its instance";
  const [, managed] = found;
  const status = managed.config.readable ? managed.config.object.status : undefined;
  if (managed.report?.valid !== true) return "no report that holds";
  const held = [...(status?.pool ?? []), ...(status?.cooling ?? []), ...(status?.inUse ?? [])];
  if (held.some(({ address }) => same(address, name))) return "its node holds it";
  const { claim } = spec;
  if (status?.inUse?.some(({ containerID }) => containerID === claim?.containerID) === true)
    return "its sandbox lives";
  const node = { name: found[0], status: status ?? {} };
  const isGivenUp = (pod: PodView) => claim !== undefined && isReplaced(evidence, node, name, claim, pod);
  return claim === undefined ? undefined : keptByClaim(evidence, name, claim, isGivenUp);
}
