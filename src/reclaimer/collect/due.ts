import { LABEL, labelValue } from "../../domain/objects/names.ts";
import { isHeldByBreaker } from "../../domain/plan/freeze.ts";
import type { VpcIPEntry } from "../../ports/cluster.ts";
import type { Gate } from "../guard/gate.ts";
import type { Sentinels } from "../guard/memory.ts";
import { wholeNodeConfigs } from "../guard/whole-lists.ts";
import { mayRelease } from "../mode.ts";
import type { CollectSummary } from "../requests.ts";
import type { CollectPorts, Settings } from "../settings.ts";
import { endExpired } from "./expired-claims.ts";
import { serverTime } from "./lists.ts";
import { queueNodes } from "./queue-nodes.ts";

type OpenGate = Extract<Gate, { open: true }>;
type Result = Omit<CollectSummary, "run" | "kind">;

const UNFINISHED = `${LABEL.state} in (Leaked,Releasing,Released)`;

/**
 * The five-minute run: queues every node with a due mark, an unfinished release or an ended tombstone, so that no work is
 * ever lost with a message (H54); and marks claims that have expired. It asks EC2 nothing. The list is filtered, so the
 * gate has just read the sentinels (design §4.7).
 */
export async function collectDue(
  ports: CollectPorts,
  settings: Settings,
  run: string,
  gate: OpenGate,
): Promise<Result> {
  const expired = await endExpired(ports, settings, gate.sentinels);
  const entries = await ports.cluster.listVpcIPLabels(UNFINISHED);
  const now = serverTime(ports);
  const isDue = ({ labels }: VpcIPEntry) =>
    labels.state !== "Leaked" ||
    (labels.keep !== true &&
      (labels.markedAt === undefined || now - labels.markedAt >= settings.markAgeSeconds * 1000));
  const due = entries.filter(isDue);
  const nodes = await nodesOf(ports, settings, gate.sentinels, due);
  const open = nodes.filter((node) => !isHeldByBreaker(gate.breaker, { node }));
  const queued = await queueNodes(ports, run, open);
  const none = { interfaces: 0, addresses: 0, kept: 0, unknown: 0, unmarked: 0 };
  return { ...none, leaked: entries.length, marked: expired.marked, queued, failed: expired.failed };
}

/**
 * The names of the nodes on which release is, or may be, switched on: where no config tells the group, the sweep asks
 * the Node, or the tags of what a dead node left. Labels hold names shortened, so the objects tell long ones.
 */
async function nodesOf(
  { cluster }: CollectPorts,
  settings: Settings,
  sentinels: Sentinels,
  due: readonly VpcIPEntry[],
): Promise<readonly string[]> {
  if (due.length === 0 || settings.mode === "observe") return [];
  const groups = new Map<string, string | undefined>();
  const names = new Map<string, string>();
  for (const config of await wholeNodeConfigs(cluster, sentinels)) {
    if (!config.readable) continue;
    const { name, labels } = config.object.metadata;
    names.set(labelValue(name), name);
    groups.set(name, labels?.[LABEL.nodeGroup]);
  }
  const nodes = new Set<string>();
  for (const entry of due) {
    const label = entry.labels.node;
    const name =
      (label === undefined ? undefined : names.get(label)) ?? (await nameFromRecord(cluster, entry));
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined || mayRelease(settings, group)) nodes.add(name);
  }
  return [...nodes];
}

async function nameFromRecord(
  cluster: CollectPorts["cluster"],
  entry: VpcIPEntry,
): Promise<string | undefined> {
  const { node } = entry.labels;
  if (node !== undefined && labelValue(node) === node && !node.startsWith("h")) return node;
  const found = await cluster.getVpcIP(entry.name);
  return found.found && found.object.readable ? found.object.object.spec.nodeName : undefined;
}
