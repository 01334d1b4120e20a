import { type Address, parseAddress } from "../../domain/address.ts";
import type { Evidence, InstanceState, ManagedNode, PodView, VpcIPEvidence } from "../../domain/evidence.ts";
import { instancesInQuestion, judge } from "../../domain/judgement/index.ts";
import type { Parsed } from "../../domain/objects/metadata.ts";
import { labelValue } from "../../domain/objects/names.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { inParallel, messageOf, type Settled } from "../parallel.ts";
import type { CollectPorts, Settings } from "../settings.ts";
import { serverTime } from "./lists.ts";

/** Nodes that are looked at closely at once. */
const LANES = 8;
/** A busy node's config changes often; each try is another chance to see it hold still. */
const TRIES = 5;

export interface CloserLook {
  readonly evidence: Evidence;
  readonly failed: readonly { readonly subject: string; readonly why: string }[];
}

/**
 * Whole objects for the nodes under suspicion only; a node without suspects costs no call. Each node's NodeENIConfig is
 * read before and after its VpcIPs and Pods: if it changed in between, the node is read again, and gets no marks if it
 * never holds still (design §4.1).
 */
export async function lookCloser(
  ports: CollectPorts,
  settings: Settings,
  lists: Evidence,
): Promise<CloserLook> {
  const instances = await askForInstances(ports, lists);
  const suspects = judge({ ...lists, instances }, settings).filter(
    ({ decision }) => decision === "suspect" || decision === "leaked",
  );
  const names = new Set([
    ...suspects.flatMap(({ node }) => node ?? []),
    ...nodesOfTheirPods(suspects, lists),
  ]);
  const looks = await inParallel([...names], LANES, (node) => lookAtNode(ports, node));

  const nodes = new Map(lists.nodes);
  const vpcIPs = new Map(lists.vpcIPs);
  const pods: PodView[] = [];
  const failed: { subject: string; why: string }[] = [];
  for (const look of looks) {
    if (!look.ok) {
      failed.push({ subject: `node ${look.item}`, why: messageOf(look.error) });
      // Whether it held still is not known: it gets no marks.
      const listed = nodes.get(look.item);
      if (listed !== undefined) nodes.set(look.item, { ...listed, changedMeanwhile: true });
      continue;
    }
    const { managed, records } = look.value;
    if (managed === undefined) nodes.delete(look.item);
    else nodes.set(look.item, managed);
    for (const [address, record] of records) vpcIPs.set(address, record);
    pods.push(...look.value.pods);
  }
  for (const look of await readTheRest(ports, suspects, vpcIPs)) {
    const { address } = look.item;
    if (!look.ok) failed.push({ subject: `VpcIP ${address}`, why: messageOf(look.error) });
    else if (look.value === undefined) vpcIPs.delete(address);
    else vpcIPs.set(address, look.value);
  }
  return { evidence: { ...lists, now: serverTime(ports), nodes, vpcIPs, pods, instances }, failed };
}

/** Where Pods live that a suspect names and that have another record, too: the address that they show is told there. */
function nodesOfTheirPods(suspects: readonly Verdict[], { vpcIPs, nodes }: Evidence): readonly string[] {
  const podUIDOf = (record: VpcIPEvidence | undefined): string | undefined =>
    record?.known === "labels" ? record.labels.podUID : undefined;
  if (vpcIPs === undefined) return [];
  const named = new Set(suspects.flatMap(({ address }) => podUIDOf(vpcIPs.get(address)) ?? []));
  const byLabel = new Map([...nodes.keys()].map((name) => [labelValue(name), name]));
  return [...vpcIPs.values()].flatMap((record) => {
    const podUID = podUIDOf(record);
    if (record.known !== "labels" || podUID === undefined || !named.has(podUID)) return [];
    return byLabel.get(record.labels.node ?? "") ?? [];
  });
}

async function askForInstances(
  ports: CollectPorts,
  lists: Evidence,
): Promise<ReadonlyMap<string, InstanceState>> {
  const asked = instancesInQuestion(lists);
  if (asked.length === 0) return new Map();
  await ports.budget.reserve({ DescribeInstances: Math.ceil(asked.length / 200) });
  return ports.cloud.instanceStates(asked);
}

interface NodeLook {
  readonly managed: ManagedNode | undefined;
  readonly records: ReadonlyMap<Address, VpcIPEvidence>;
  readonly pods: readonly PodView[];
}

async function lookAtNode({ cluster }: CollectPorts, name: string): Promise<NodeLook> {
  for (let tries = 1; ; tries++) {
    const before = await cluster.getNodeConfig(name);
    const records = wholeRecords(await cluster.listVpcIPsOfNode(name));
    const pods = await cluster.listPodsOfNode(name);
    const node = await cluster.getNode(name);
    const after = await cluster.getNodeConfig(name);
    if (!after.found && !before.found) return { managed: undefined, records, pods };
    const isSame = before.found && after.found && versionOf(before.object) === versionOf(after.object);
    if (!isSame && tries < TRIES) continue;
    if (!after.found) return { managed: undefined, records, pods };
    const managed: ManagedNode = {
      config: after.object,
      node: node.found ? node.object : "missing",
      changedMeanwhile: !isSame,
    };
    return { managed, records, pods };
  }
}

const versionOf = (config: Parsed<{ metadata: { resourceVersion: string } }>): string | undefined =>
  config.readable ? config.object.metadata.resourceVersion : undefined;

export function wholeRecords(list: readonly Parsed<StoredVpcIP>[]): ReadonlyMap<Address, VpcIPEvidence> {
  const records = new Map<Address, VpcIPEvidence>();
  for (const item of list) {
    const address = parseAddress(item.readable ? item.object.metadata.name : item.name);
    if (address === undefined) continue;
    records.set(
      address,
      item.readable ? { known: "whole", object: item.object } : { known: "unreadable", why: item.why },
    );
  }
  return records;
}

/** Suspects that no node's list held: read one by one (a record whose node name and label disagree, an orphan's records). */
function readTheRest(
  { cluster }: CollectPorts,
  suspects: readonly Verdict[],
  known: ReadonlyMap<Address, VpcIPEvidence>,
): Promise<readonly Settled<Verdict, VpcIPEvidence | undefined>[]> {
  const rest = suspects.filter(({ address }) => known.get(address)?.known === "labels");
  return inParallel(rest, LANES, async ({ address }) => {
    const found = await cluster.getVpcIP(address);
    return found.found ? wholeRecords([found.object]).get(address) : undefined;
  });
}
