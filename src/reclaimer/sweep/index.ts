import type { Parsed } from "../../domain/objects/metadata.ts";
import { LABEL } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { Trip } from "../../domain/plan/breaker.ts";
import { isHeldByBreaker } from "../../domain/plan/freeze.ts";
import { isPutOff } from "../../domain/put-off.ts";
import { type HeldBack, UNKNOWN_REASONS, type Verdict } from "../../domain/verdict.ts";
import { CloudError } from "../../ports/cloud.ts";
import type { SweepMessage } from "../../ports/queue.ts";
import { wholeRecords } from "../collect/closer-look.ts";
import { serverTime } from "../collect/lists.ts";
import { lookAtGate } from "../guard/gate.ts";
import type { Sentinels } from "../guard/memory.ts";
import { mayRelease } from "../mode.ts";
import { type Acquired, acquireNodeLease } from "../node-lease/acquire.ts";
import type { HeldLease } from "../node-lease/held-lease.ts";
import { messageOf } from "../parallel.ts";
import type { SweepOutcome, SweepSummary } from "../requests.ts";
import type { Settings, SweepPorts } from "../settings.ts";
import type { SweepContext } from "./context.ts";
import { type DueWork, dueWork } from "./due-work.ts";
import { buryNode } from "./gone-node.ts";
import { askLater, tryLater } from "./later.ts";
import { lookAtLeftLease } from "./left-lease.ts";
import { STUCK } from "./stuck.ts";
import { alarmUnanswered } from "./unanswered.ts";
import { type SweptNode, sweepUnderLease } from "./under-lease.ts";

/** Limits of a manual clean. */
export interface SweepLimits {
  readonly maximumReleases?: number;
  readonly only?: ReadonlySet<string>;
  /** A person asks: what was put off is tried now. */
  readonly isByHand?: boolean;
  /** What its own lists tripped, beside what the freeze object holds. */
  readonly breaker?: readonly Trip[];
}

export interface SweepResult extends SweepSummary {
  readonly verdicts: readonly Verdict[];
  /** What held all of it back. */
  readonly heldBack?: HeldBack;
}

/**
 * The stop-the-world pass over one node, as one message asks for it. Idempotent: the marks are the truth, a message is
 * only a hint, and a node with nothing due is not paused.
 */
export async function sweep(
  ports: SweepPorts,
  settings: Settings,
  message: SweepMessage,
): Promise<SweepSummary> {
  const { verdicts: _verdicts, heldBack: _heldBack, ...summary } = await sweepNode(ports, settings, message);
  return summary;
}

export async function sweepNode(
  ports: SweepPorts,
  settings: Settings,
  message: SweepMessage,
  limits: SweepLimits = {},
): Promise<SweepResult> {
  try {
    return await sweepIfDue(ports, settings, message, limits);
  } catch (error) {
    if (!(error instanceof CloudError) || error.kind !== "throttled") throw error;
    return nothing(message.node, await tryLater(ports, settings, { message, why: messageOf(error) }));
  }
}

/** What a look without the lease found: enough to decide whether to stop the world at all. */
interface Preview {
  readonly config: Parsed<StoredNodeENIConfig> | undefined;
  readonly work: DueWork;
  readonly isNodeMissing: boolean;
}

async function sweepIfDue(
  ports: SweepPorts,
  settings: Settings,
  message: SweepMessage,
  limits: SweepLimits,
): Promise<SweepResult> {
  const { node } = message;
  const gate = await lookAtGate(ports);
  if (!gate.open || isHeldByBreaker(gate.breaker, { node })) {
    if (!gate.open) ports.notices.count("Frozen", 1);
    return heldBack(node, gate.open ? "breaker" : "frozen");
  }
  const breaker = [...gate.breaker, ...(limits.breaker ?? [])];
  const preview = await look(ports, settings, node, breaker, limits.isByHand === true);
  if (preview === undefined) return heldBack(node, "observe");
  const isGone = preview.config !== undefined && preview.isNodeMissing;
  const isIdle = !preview.work.any && !isGone;
  if (isIdle && !(await lookAtLeftLease(ports, node, preview.isNodeMissing)))
    return nothing(node, "nothing-due");
  await ports.budget.reserve({
    DescribeNetworkInterfaces: 2,
    DescribeInstances: 1,
    UnassignPrivateIpAddresses: preview.work.interfaces,
    DeleteNetworkInterface: preview.work.orphans,
  });
  const run = `${message.run}.${ports.identities.unique()}`;
  const acquired = await acquireNodeLease(ports, settings, {
    node,
    run,
    expectsAnswer: expectsAnswer(preview),
    ...(message.observed === undefined
      ? {}
      : {
          before: {
            lease: message.observed,
            elapsedSeconds: (message.unchangedSeconds ?? 0) + message.delaySeconds,
          },
        }),
  });
  if (acquired.outcome === "busy") return busy(ports, settings, message, preview, acquired);
  return withLease(ports, settings, message, preview, acquired, {
    run,
    sentinels: gate.sentinels,
    breaker,
    limits,
  });
}

async function look(
  ports: SweepPorts,
  settings: Settings,
  node: string,
  breaker: readonly Trip[],
  isByHand: boolean,
): Promise<Preview | undefined> {
  const { cluster } = ports;
  const found = await cluster.getNodeConfig(node);
  const config = found.found ? found.object : undefined;
  const seenNode = await cluster.getNode(node);
  const label = config?.readable === true ? config.object.metadata.labels?.[LABEL.nodeGroup] : undefined;
  const group = seenNode.found ? (seenNode.object.group ?? label) : label;
  // What a dead node left carries its group in tags: each subject is asked for it under the lease.
  const mayTagsTell = group === undefined && !seenNode.found && settings.mode === "release";
  if (!mayTagsTell && !mayRelease(settings, group)) return undefined;
  const all = wholeRecords(await cluster.listVpcIPsOfNode(node));
  const now = serverTime(ports);
  const isHeld = (record: StoredVpcIP) => {
    const { subnetID } = record.spec;
    const isBroken = subnetID !== undefined && isHeldByBreaker(breaker, { subnetID });
    return isBroken || (!isByHand && isPutOff(record, now));
  };
  const work = dueWork(all.values(), settings, now, isHeld);
  return { config, work, isNodeMissing: !seenNode.found };
}

const allocatorOf = ({ config }: Preview): string | undefined =>
  config?.readable === true ? config.object.status?.allocator : undefined;

const expectsAnswer = (preview: Preview): boolean =>
  allocatorOf(preview) === "ipamd" && !preview.isNodeMissing;

const instanceOf = ({ config }: Preview): string | undefined =>
  config?.readable === true ? config.object.status?.instanceID : undefined;

/** Does the work, then gives the lease back, in every path (design §4.5, H23). */
async function withLease(
  ports: SweepPorts,
  settings: Settings,
  message: SweepMessage,
  preview: Preview,
  acquired: Extract<Acquired, { outcome: "held" }>,
  about: { run: string; sentinels: Sentinels; breaker: readonly Trip[]; limits: SweepLimits },
): Promise<SweepResult> {
  const { lease, answered, askedAt } = acquired;
  const { node } = message;
  let isBuried = false;
  const work = async (): Promise<SweptNode> => {
    const result = await sweepUnderLease(ports, settings, {
      node,
      run: about.run,
      sentinels: about.sentinels,
      lease,
      answered,
      breaker: about.breaker,
      maximumReleases: about.limits.maximumReleases ?? Number.POSITIVE_INFINITY,
      isByHand: about.limits.isByHand === true,
      ...(about.limits.only === undefined ? {} : { only: about.limits.only }),
    });
    isBuried = await buryNode(result.context);
    return result;
  };
  let swept: SweptNode;
  try {
    swept = await work();
  } finally {
    if (!isBuried) await giveBack(ports, node, lease);
    ports.notices.paused(node, ports.clock.now() - askedAt);
  }
  const { context, verdicts } = swept;
  ports.notices.count("Released", context.released.length);
  ports.notices.count("OrphansDeleted", context.orphansDeleted.length);
  const outcome = await outcomeOf(ports, settings, message, preview, context, verdicts);
  if (outcome === "swept" && expectsAnswer(preview) && !answered) alarmUnanswered(ports, context);
  await ports.budget.reserve(context.debt);
  const { released, orphansDeleted, failed, stop } = context;
  const stoppedBy = stop === "frozen" || stop === "breaker" ? { heldBack: stop } : {};
  return { node, outcome, released, orphansDeleted, failed, verdicts, ...stoppedBy };
}

/** A lease that can't be given back ends by itself; what the work came to must not be lost with it. */
async function giveBack({ notices }: SweepPorts, node: string, lease: HeldLease): Promise<void> {
  try {
    await lease.giveBack();
  } catch (error) {
    const message = `its lease could not be given back: ${messageOf(error)}`;
    notices.alarm({ kind: "item-failed", message, node, subject: `lease ${node}` });
  }
}

async function outcomeOf(
  ports: SweepPorts,
  settings: Settings,
  message: SweepMessage,
  preview: Preview,
  context: SweepContext,
  verdicts: readonly Verdict[],
): Promise<SweepOutcome> {
  if (context.stop === "frozen" || context.stop === "breaker") return "held-back";
  if (context.stop === "throttled")
    return tryLater(ports, settings, { message, why: "EC2 has had too many calls (RequestLimitExceeded)" });
  if (context.stop === "lease-lost")
    return tryLater(ports, settings, { message, why: "the lease was lost in the middle" });
  const why =
    context.stop === "not-sent"
      ? "no request could be sent in time, or the own clock is off"
      : stuckBy(verdicts);
  if (why === undefined) return "swept";
  const instanceID = instanceOf(preview);
  return askLater(ports, settings, { message, why, instanceID, isFruitless: true });
}

function stuckBy(verdicts: readonly Verdict[]): string | undefined {
  for (const verdict of verdicts) {
    if (verdict.decision === "unknown" && STUCK.has(verdict.reason)) return UNKNOWN_REASONS[verdict.reason];
  }
  return undefined;
}

async function busy(
  ports: SweepPorts,
  settings: Settings,
  message: SweepMessage,
  preview: Preview,
  { observed, unchangedSeconds, holderIsReclaimer }: Extract<Acquired, { outcome: "busy" }>,
): Promise<SweepResult> {
  const isLiving = preview.config !== undefined && !preview.isNodeMissing;
  const hasChanged = message.observed !== undefined && unchangedSeconds === 0;
  // While it stands unchanged its term is waited for, and then it is taken over. A holder that renews lives, and doesn't answer.
  const isFruitless =
    observed === undefined || (!holderIsReclaimer && (isLiving ? unchangedSeconds === 0 : hasChanged));
  const outcome = await askLater(ports, settings, {
    message,
    ...(observed === undefined ? {} : { observed: { lease: observed, unchangedSeconds } }),
    isFruitless,
    why: observed === undefined ? "its lease can't be read" : "its allocator did not hand over its lease",
    instanceID: instanceOf(preview),
  });
  return nothing(message.node, outcome);
}

function heldBack(node: string, by: HeldBack): SweepResult {
  return { ...nothing(node, "held-back"), heldBack: by };
}

function nothing(node: string, outcome: SweepOutcome): SweepResult {
  return { node, outcome, released: [], orphansDeleted: [], failed: [], verdicts: [] };
}
