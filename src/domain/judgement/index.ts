import { type Address, prefixMembers } from "../address.ts";
import type { Evidence, NetworkInterface, VpcIPEvidence } from "../evidence.ts";
import { saysKeep } from "../objects/names.ts";
import type { StoredVpcIP } from "../objects/vpcip.ts";
import type { Subject, Verdict } from "../verdict.ts";
import { judgeAddressOnNode } from "./address-on-node.ts";
import { judgeOnDead, proofOfDeath } from "./dead-instance.ts";
import { allAddresses, type Facts, factsOf } from "./facts.ts";
import { type Finding, keep, SUSPECT, unknown } from "./finding.ts";
import { judgeOrphan } from "./orphan.ts";
import { markerOf } from "./orphan-names.ts";
import { wholePrefixes } from "./prefix.ts";
import { isWhereItSays, judgeRecord, mayName } from "./record.ts";
import { whoseInterface } from "./whose-interface.ts";

/** What a judgement is told beside the evidence. */
export interface JudgementLimits {
  /** A refill that is open for longer is taken for given up: it keeps nothing any more. */
  readonly refillSeconds: number;
}

export const JUDGEMENT_LIMITS: JudgementLimits = { refillSeconds: 600 };

/**
 * Judges, from evidence alone, every secondary address and prefix member of every interface, every detached interface of
 * ours, and every VpcIP whose address is not where it says. The same function serves the mark pass, the sweep under the
 * node lease, and the offline plan.
 */
export function judge(evidence: Evidence, limits: JudgementLimits = JUDGEMENT_LIMITS): readonly Verdict[] {
  const facts = factsOf(evidence, limits.refillSeconds);
  const verdicts: Verdict[] = [];
  const orphans = new Map<string, Finding>();
  for (const item of evidence.interfaces) judgeInterface(facts, item, verdicts, orphans);
  for (const [address, record] of facts.vpcIPs) {
    const orphan = facts.holdersOf.get(address)?.find(({ id }) => orphans.has(id) && mayName(record, id));
    const onOrphan = orphan === undefined ? undefined : orphans.get(orphan.id);
    if (orphan !== undefined && onOrphan !== undefined) {
      if (markerOf(facts, orphan) === address) continue;
      verdicts.push(
        verdictOf(recordSubject(address, record), recordOnOrphan(facts, address, record, orphan, onOrphan)),
      );
    } else if (!isWhereItSays(facts, address, record)) {
      verdicts.push(verdictOf(recordSubject(address, record), judgeRecord(facts, address, record)));
    }
  }
  return wholePrefixes(verdicts, (address) => {
    const record = facts.vpcIPs.get(address);
    if (record?.known !== "whole") return false;
    const { claim, release } = record.object.spec;
    return claim !== undefined && release === undefined;
  });
}

function judgeInterface(
  facts: Facts,
  item: NetworkInterface,
  verdicts: Verdict[],
  orphans: Map<string, Finding>,
): void {
  const ownership = whoseInterface(facts, item);
  if (ownership.whose === "detached") {
    const finding = judgeOrphan(facts, item, ownership.node, ownership.instanceID);
    orphans.set(item.id, finding);
    if (item.primary === undefined) {
      withoutPrimary(item, ownership.node, verdicts);
      return;
    }
    const [ofInstance] = facts.nodesOfInstance.get(ownership.instanceID ?? "") ?? [];
    const node = ownership.node ?? ofInstance?.name ?? ownership.instanceID;
    const marker = markerOf(facts, item);
    const isNameless = marker === undefined && finding.decision === "leaked";
    const judged = isNameless ? unknown("record-mismatch", "each of its names is another claim's") : finding;
    verdicts.push(verdictOf(subject(marker ?? item.primary, item, node), judged));
    return;
  }
  const node = ownership.whose === "node" ? ownership.node.name : ownership.node;
  const findingFor = (address: Address): Finding => {
    switch (ownership.whose) {
      case "kept":
        return keep(ownership.reason, ownership.detail);
      case "unknown":
        return unknown(ownership.reason, ownership.detail);
      case "node":
        return judgeAddressOnNode(facts, ownership.node, item, address);
    }
  };
  const members = new Set(item.prefixes.flatMap(prefixMembers));
  for (const address of item.addresses) {
    // A member is judged with its prefix, also where it is listed alone (H35).
    if (address === item.primary || members.has(address)) continue;
    verdicts.push(verdictOf(subject(address, item, node), findingFor(address)));
  }
  for (const prefix of item.prefixes) {
    for (const address of prefixMembers(prefix)) {
      const finding = address === item.primary ? keep("primary") : findingFor(address);
      verdicts.push(verdictOf({ ...subject(address, item, node), prefix }, finding));
    }
  }
}

/** EC2 always names one: what it says is not to be trusted, and there is no name for a mark. */
function withoutPrimary(item: NetworkInterface, node: string | undefined, verdicts: Verdict[]): void {
  for (const address of allAddresses(item)) {
    const finding = unknown("interface-contradicts", "it has no primary address");
    verdicts.push(verdictOf(subject(address, item, node), finding));
  }
}

/**
 * A record on a detached interface goes with the interface: after it, and never before. One of a claim needs its own
 * proof, for it may name another instance than the interface's tag does. What a static claim retains leaves the interface first.
 */
function recordOnOrphan(
  facts: Facts,
  address: Address,
  record: VpcIPEvidence,
  item: NetworkInterface | undefined,
  orphan: Finding,
): Finding {
  if (record.known === "whole" && item !== undefined && address !== item.primary) {
    const leaving = leavesOrphan(facts, address, record.object, item);
    if (leaving !== undefined) return leaving;
  }
  if (orphan.decision !== "leaked") return orphan;
  const finding = judgeRecord(facts, address, record);
  const isNote = finding.decision === "leaked" && finding.needs === "lease";
  return isNote ? { ...finding, needs: orphan.needs } : finding;
}

/**
 * Where a static claim retains an address that a dead instance's interface has still: it goes from there, its claim stays. A prefix's
 * member can't go alone: its record no longer says that it is there, and it goes with the interface.
 */
function leavesOrphan(
  facts: Facts,
  address: Address,
  record: StoredVpcIP,
  item: NetworkInterface,
): Finding | undefined {
  const { claim, instanceID } = record.spec;
  const death = proofOfDeath(facts.evidence.instances.get(instanceID ?? ""));
  if (claim === undefined || death === undefined || saysKeep(record.metadata.annotations)) return undefined;
  const gives = item.addresses.includes(address) ? "address" : "record";
  const finding = judgeOnDead(facts, address, record, gives, death);
  return finding.decision === "leaked" && finding.keepsClaim === true ? finding : undefined;
}

function subject(address: Address, item: NetworkInterface, node: string | undefined): Subject {
  return node === undefined ? { address, interfaceID: item.id } : { address, interfaceID: item.id, node };
}

function recordSubject(address: Address, record: VpcIPEvidence): Subject {
  switch (record.known) {
    case "unreadable":
      return { address };
    case "labels":
      return record.labels.node === undefined ? { address } : { address, node: record.labels.node };
    case "whole": {
      const { nodeName, interfaceID } = record.object.spec;
      return interfaceID === undefined
        ? { address, node: nodeName }
        : { address, node: nodeName, interfaceID };
    }
  }
}

function verdictOf(about: Subject, finding: Finding): Verdict {
  return { ...about, ...(finding.decision === "suspect" ? SUSPECT : finding) } as Verdict;
}

export { instancesInQuestion } from "./instances.ts";
