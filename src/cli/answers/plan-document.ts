import type { NetworkInterface } from "../../domain/evidence.ts";
import type { Inventory, UseTotals } from "../../domain/inventory/index.ts";
import { isNodeKind, type KindName } from "../../domain/inventory/kind.ts";
import { judge } from "../../domain/judgement/index.ts";
import type { BreakerLimits } from "../../domain/plan/breaker.ts";
import { isLeaked, type Leaked, type Verdict } from "../../domain/verdict.ts";
import type { Gathered } from "../dumps/gather.ts";
import { heldBackBy } from "./held-back.ts";
import { nextOf } from "./next.ts";
import type {
  GroupRow,
  InterfaceRow,
  Located,
  NodeRow,
  Orphan,
  PlanDocument,
  Reasoned,
  Release,
  Use,
} from "./plan-shape.ts";
import { matchWarnings, nodeWarnings } from "./warnings.ts";

export function planDocument(gathered: Gathered, inventory: Inventory, limits: BreakerLimits): PlanDocument {
  const { evidence } = gathered;
  const verdicts = judge(evidence);
  const { trips, reasonFor } = heldBackBy(evidence, verdicts, inventory.match, limits);
  const nodeOf = nodeNames(inventory);
  const located = (verdict: Verdict): Located => ({
    address: verdict.address,
    interface: verdict.interfaceID ?? null,
    node: nodeOf(verdict),
  });
  const kept: Reasoned[] = [];
  const unknown: Reasoned[] = [];
  const released: Release[] = [];
  const heldBack: PlanDocument["heldBack"][number][] = [];
  const orphansDeleted: Orphan[] = [];
  for (const verdict of verdicts) {
    if (verdict.decision === "keep") kept.push({ ...located(verdict), ...reasonOf(verdict) });
    else if (verdict.decision === "unknown") unknown.push({ ...located(verdict), ...reasonOf(verdict) });
    else if (!isLeaked(verdict)) unknown.push({ ...located(verdict), reason: "records-not-read" });
    else {
      const held = reasonFor(verdict);
      if (held !== undefined) heldBack.push({ ...located(verdict), reason: held, cause: verdict.cause });
      else if (verdict.gives === "interface") orphansDeleted.push(orphan(verdict, gathered, nodeOf));
      else released.push(release(verdict, verdict.gives, located(verdict), gathered));
    }
  }
  const nodes = inventory.nodes.filter(({ isNode }) => isNode).map(nodeRow);
  const nodeInstances = new Set(nodes.map(({ instance }) => instance));
  return {
    at: new Date(evidence.now).toISOString(),
    totals: {
      interfaces: evidence.interfaces.length,
      addresses: inventory.totals.addresses,
      prefixes: inventory.totals.prefixes.count,
      nodes: nodes.length,
      nodesNotOnEC2: gathered.nodes.filter(({ instanceID }) => instanceID === undefined).length,
      pods: evidence.pods.length,
      released: released.length,
      heldBack: heldBack.length,
      orphansDeleted: orphansDeleted.length,
      unknown: unknown.length,
      kept: kept.length,
    },
    warnings: [
      ...matchWarnings(inventory.match, evidence.interfaces.length),
      ...nodeWarnings(gathered.nodes, inventory),
      ...gathered.warnings,
      ...trips.map(
        ({ scope, name, leaked, total, limit }) =>
          `the breaker would trip for ${scope === "cluster" ? "the cluster" : `${scope} ${name}`}: ${leaked} of ${total} addresses look leaked, more than ${Math.round(limit * 100)} %`,
      ),
    ],
    match: inventory.match,
    released,
    heldBack,
    orphansDeleted,
    unknown,
    kept,
    keptByReason: counted(kept),
    unknownByReason: counted(unknown),
    nodeGroups: [...inventory.groups].sort((a, b) => b.use.idle - a.use.idle).map(groupRow),
    nodes: nodes.sort(
      (a, b) => b.idle - a.idle || (a.node ?? a.instance).localeCompare(b.node ?? b.instance),
    ),
    subnets: [...inventory.subnets]
      .sort((a, b) => b.taken - a.taken)
      .map(({ subnetID, vpcID, availabilityZone, use, taken }) => ({
        subnet: subnetID ?? null,
        vpc: vpcID ?? null,
        zone: availabilityZone ?? null,
        taken,
        ...useRow(use),
      })),
    foreignDetached: inventory.detached
      .filter(({ interfaceID }) => !orphansDeleted.some((one) => one.interface === interfaceID))
      .map((one) => ({
        interface: one.interfaceID,
        looks: one.looks,
        because: one.because,
        cluster: one.cluster ?? null,
        instance: one.instanceID ?? null,
        createdAt: one.createdAt ?? null,
        addresses: one.addresses,
      })),
    interfaces: inventory.interfaces.map(({ face, kind, node, addresses, addressesInUse, prefixes }) => ({
      interface: face.id,
      kind: kind.kind,
      because: kind.because,
      whose: whoseIs(face, kind.kind, nodeInstances),
      status: face.status ?? null,
      subnet: face.subnetID ?? null,
      instance: face.attachment?.instanceID ?? null,
      node: node ?? null,
      primary: face.primary ?? null,
      addresses,
      inUse: addressesInUse + prefixes.reduce((total, one) => total + one.inUse, 0),
      prefixes: prefixes.length,
    })),
  };
}

function whoseIs(face: NetworkInterface, kind: KindName, nodes: ReadonlySet<string>): InterfaceRow["whose"] {
  if (!isNodeKind(kind)) return "service";
  if (face.attachment?.instanceID !== undefined)
    return nodes.has(face.attachment.instanceID) ? "node" : "instance";
  return kind === "plain" ? "detached" : "cni";
}

/** The node of a verdict: what the planner says, else the node of the interface's instance. */
export function nodeNames(inventory: Inventory): (verdict: Verdict) => string | null {
  const ofInterface = new Map(inventory.interfaces.map(({ face, node }) => [face.id, node]));
  return (verdict) => verdict.node ?? ofInterface.get(verdict.interfaceID ?? "") ?? null;
}

/** Since when a leaked subject is marked, by its VpcIP. */
export function markedAt({ evidence }: Gathered, verdict: Verdict): string | undefined {
  const record = evidence.vpcIPs?.get(verdict.address);
  return record?.known === "whole" ? record.object.spec.leak?.firstObservedAt : undefined;
}

function release(
  verdict: Leaked,
  gives: "address" | "record",
  located: Located,
  gathered: Gathered,
): Release {
  const marked = markedAt(gathered, verdict);
  return {
    ...located,
    cause: verdict.cause,
    ageSeconds: age(gathered, marked),
    gives,
    ...(verdict.prefix === undefined ? {} : { prefix: verdict.prefix }),
    next: nextOf(verdict, marked),
    ...(verdict.detail === undefined ? {} : { detail: verdict.detail }),
  };
}

function orphan(verdict: Leaked, gathered: Gathered, nodeOf: (verdict: Verdict) => string | null): Orphan {
  const marked = markedAt(gathered, verdict);
  return {
    interface: verdict.interfaceID ?? "",
    address: verdict.address,
    node: nodeOf(verdict),
    reason: verdict.cause,
    ageSeconds: age(gathered, marked),
    next: nextOf(verdict, marked),
    ...(verdict.detail === undefined ? {} : { detail: verdict.detail }),
  };
}

function age({ evidence }: Gathered, marked: string | undefined): number | null {
  return marked === undefined ? null : Math.max(0, Math.floor((evidence.now - Date.parse(marked)) / 1000));
}

function reasonOf({ reason, detail }: { reason: string; detail?: string }): {
  reason: string;
  detail?: string;
} {
  return detail === undefined ? { reason } : { reason, detail };
}

function counted(rows: readonly Reasoned[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { reason } of rows) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

function useRow({ interfaces, addresses, inUse, idle, prefixes }: UseTotals): Use {
  return { interfaces, addresses, inUse, idle, prefixes };
}

function nodeRow({ identity, managed, use }: Inventory["nodes"][number]): NodeRow {
  return {
    node: identity.node ?? null,
    instance: identity.instanceID,
    group: identity.group ?? null,
    allocator: managed ? "managed" : "foreign",
    ...useRow(use),
  };
}

function groupRow({ group, nodes, use, targets, notSettable }: Inventory["groups"][number]): GroupRow {
  return {
    group: group ?? null,
    nodes,
    ...useRow(use),
    ...(notSettable === undefined ? {} : { warmTargetsNotSettable: notSettable }),
    ...(targets === undefined
      ? {}
      : {
          warmTargets: {
            WARM_IP_TARGET: targets.warmIPTarget,
            MINIMUM_IP_TARGET: targets.minimumIPTarget,
            freesAtMost: targets.freesAtMost,
            nodes: targets.nodes,
            callsOnceAtMost: targets.calls.onceAtMost,
            callsPerPodChangeAtMost: targets.calls.perPodChangeAtMost,
          },
        }),
  };
}
