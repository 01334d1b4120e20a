import type { Address } from "../address.ts";
import type { VpcIPEvidence } from "../evidence.ts";
import { labelValue, saysKeep } from "../objects/names.ts";
import type { ClaimReference, StoredVpcIP } from "../objects/vpcip.ts";
import { isLent, withoutPlace } from "../record-transitions.ts";
import { perhapsRetained, retainingClaim, servedElsewhere, standingAt, standingOf } from "./claim.ts";
import { judgeOnDead, proofOfDeath } from "./dead-instance.ts";
import { type Facts, heldKey, type NodeFacts } from "./facts.ts";
import { type Finding, keep, SUSPECT, unknown } from "./finding.ts";

/**
 * Judges a VpcIP whose address is not where it says: EC2 has nothing to give back, only the record may be left over
 * (H49). Its name still means "taken", so a record that stays for ever is a leak too.
 */
export function judgeRecord(facts: Facts, address: Address, record: VpcIPEvidence): Finding {
  if (facts.evidence.vpcIPs === undefined) return unknown("records-not-read");
  switch (record.known) {
    case "unreadable":
      return unknown("record-unreadable", record.why);
    case "labels":
      return record.labels.keep === true ? keep("opt-out", "annotation") : SUSPECT;
    case "whole":
      return judgeWhole(facts, address, record.object);
  }
}

function judgeWhole(facts: Facts, address: Address, stored: StoredVpcIP): Finding {
  // What is lent to an interface says nothing of where its own claim's address is.
  const record = isLent(stored) ? withoutPlace(stored) : stored;
  const { spec, metadata } = record;
  if (saysKeep(metadata.annotations)) return keep("opt-out", "annotation");
  // Nothing in EC2 is touched, and no claim is served by it.
  if (spec.claim === undefined) return withoutClaim(facts, record);
  const state = facts.evidence.instances.get(spec.instanceID ?? "");
  const death = proofOfDeath(state);
  if (death !== undefined) return judgeOnDead(facts, address, record, "record", death);
  const retained = retainingClaim(facts, address) ?? perhapsRetained(facts, address);
  if (retained !== undefined) return retained;
  if (spec.instanceID === undefined) return withoutInstance(facts, address, record, spec.claim);

  const left = { decision: "leaked", gives: "record" } as const;
  const [node, another] = facts.nodesOfInstance.get(spec.instanceID) ?? [];
  switch (state) {
    case "stopped":
    case "stopping":
      return keep("instance-stopped", spec.instanceID);
    case "running":
    case "pending":
      if (node === undefined) return keep("instance-alive", spec.instanceID);
      break;
    case undefined:
      if (node === undefined) return unknown("instance-unknown", spec.instanceID);
      break;
    default:
      return unknown("instance-unknown", spec.instanceID);
  }
  if (another !== undefined) return unknown("node-identity", `${node?.name}, ${another.name}`);
  if (node !== undefined) {
    if (node.name !== spec.nodeName)
      return unknown("record-mismatch", `it names ${spec.nodeName}, and its instance is ${node.name}`);
    const { config } = node.managed;
    if (!config.readable) return unknown("config-unreadable", node.name);
    if (config.object.status?.instanceID === undefined) return unknown("config-incomplete", node.name);
  }
  const isHeld = node !== undefined && (node.pool.has(address) || node.cooling.has(address));
  // Held where EC2 has it: nobody can hand it out there while its name is taken, and what names another place goes.
  if (isHeld && !isHeldWhereItIs(facts, address, node)) {
    return unknown("record-mismatch", "EC2 doesn't have it where its VpcIP and the pool say");
  }
  if (node?.managed.report?.valid === true && node.inUse.has(address)) {
    return unknown("record-mismatch", "a live sandbox has it, and EC2 doesn't have it there");
  }
  const standing = standingAt(facts, address, spec.claim, node);
  if (standing.stands) {
    const isClaimed = standing.finding.decision === "keep" && standing.finding.reason === "claimed";
    if (!isClaimed) return standing.finding;
    return spec.interfaceID === undefined
      ? keep("attaching", `for ${spec.claim.namespace}/${spec.claim.name}`)
      : unknown("record-mismatch", "claimed, and EC2 doesn't have it there");
  }
  return { ...left, cause: standing.cause, needs: "report", detail: standing.detail };
}

/**
 * A claimed record that names no instance. On no interface either, it says plainly that EC2 has the address nowhere: then it goes
 * with its claim, under the lease of the node that it names. Else the node of that name must report: it may be its instance.
 * What the config of a dead instance still lists holds nothing (H49): the two would wait for one another for ever. So would they
 * where the node holds the address ready, and EC2 has it just there: nobody can hand it out while its name is taken.
 */
function withoutInstance(
  facts: Facts,
  address: Address,
  { spec }: StoredVpcIP,
  claim: ClaimReference,
): Finding {
  const node = facts.nodes.get(spec.nodeName);
  const isHeld =
    node !== undefined && (node.pool.has(address) || node.cooling.has(address) || node.inUse.has(address));
  const death = proofOfDeath(facts.evidence.instances.get(node?.instanceID ?? ""));
  const isReady = node !== undefined && isHeldWhereItIs(facts, address, node);
  if (isHeld && !isReady && death === undefined)
    return unknown(
      "record-mismatch",
      `node ${node.name} holds it, and its VpcIP says neither where nor of which instance`,
    );
  const standing = standingOf(facts, address, claim, node);
  if (standing.stands) {
    const isClaimed = standing.finding.decision === "keep" && standing.finding.reason === "claimed";
    const isNowhere = isClaimed && !isHeld && spec.interfaceID === undefined;
    const elsewhere = isNowhere ? servedElsewhere(facts, address, claim, spec.nodeName) : undefined;
    if (elsewhere === undefined) return standing.finding;
    return {
      decision: "leaked",
      gives: "record",
      cause: "sandbox-replaced",
      needs: "lease",
      detail: elsewhere,
    };
  }
  if (death !== undefined) {
    // A mark made for another reason is no look at an instance that isn't found.
    const cause = death === "terminated" ? standing.cause : "instance-gone";
    return { decision: "leaked", gives: "record", cause, needs: death, detail: standing.detail };
  }
  const isNowhere = !isReady && (spec.interfaceID === undefined || node === undefined);
  const needs = isNowhere ? "lease" : "report";
  return { decision: "leaked", gives: "record", cause: standing.cause, needs, detail: standing.detail };
}

/** Whether the node's pool or cooling has the address on an interface where EC2 has it, too, and no sandbox of the node has it. */
function isHeldWhereItIs(facts: Facts, address: Address, node: NodeFacts): boolean {
  const holders = facts.holdersOf.get(address) ?? [];
  const isThere = holders.some(
    ({ id, attachment }) =>
      attachment?.instanceID === node.instanceID && facts.held.get(heldKey(address, id)) === node.name,
  );
  return isThere && !node.inUse.has(address);
}

/** A mark whose address has left its interface, a release that is over, or a tombstone. */
function withoutClaim(facts: Facts, { spec }: StoredVpcIP): Finding {
  const standing = (spec.tombstones ?? []).filter(({ until }) => Date.parse(until) > facts.evidence.now);
  const [tombstone] = standing;
  if (tombstone !== undefined && spec.leak === undefined && spec.release === undefined) {
    return keep("tombstone", `on ${tombstone.interfaceID} until ${tombstone.until}`);
  }
  if (spec.leak === undefined && spec.release === undefined && spec.tombstones === undefined) {
    return unknown("record-unreadable", "it says neither who claims it nor that it is leaked");
  }
  return {
    decision: "leaked",
    cause: spec.leak?.cause ?? "never-recorded",
    gives: "record",
    needs: "lease",
    detail: spec.tombstones === undefined ? "its address has left the interface" : "a release that is over",
  };
}

/**
 * Whether the interface that a record names has its address as a secondary one or a prefix member, by EC2's list. A
 * record that names a primary marks a detached interface, and is out of place on any other.
 */
export function isWhereItSays(facts: Facts, address: Address, record: VpcIPEvidence): boolean {
  const holders = (facts.holdersOf.get(address) ?? []).filter(({ primary }) => primary !== address);
  return holders.some(({ id }) => mayName(record, id));
}

/** Whether a record is about an interface, as far as it can be read. */
export function mayName(record: VpcIPEvidence, interfaceID: string): boolean {
  switch (record.known) {
    case "unreadable":
      return true;
    case "labels":
      return record.labels.interface === labelValue(interfaceID);
    case "whole":
      return record.object.spec.interfaceID === interfaceID;
  }
}
