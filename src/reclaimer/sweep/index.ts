import type { Trip } from "../../domain/plan/breaker.ts";
import { isHeldByBreaker } from "../../domain/plan/freeze.ts";
import { CloudError } from "../../ports/cloud.ts";
import type { SweepMessage } from "../../ports/queue.ts";
import { lookAtGate } from "../guard/gate.ts";
import type { Sentinels } from "../guard/memory.ts";
import { type Acquired, acquireNodeLease } from "../node-lease/acquire.ts";
import type { HeldLease } from "../node-lease/held-lease.ts";
import { messageOf } from "../parallel.ts";
import type { SweepSummary } from "../requests.ts";
import type { Settings, SweepPorts } from "../settings.ts";
import { buryNode } from "./gone-node.ts";
import { tryLater } from "./later.ts";
import { lookAtLeftLease } from "./left-lease.ts";
import { busy, outcomeOf } from "./outcome.ts";
import { expectsAnswer, look, type Preview } from "./preview.ts";
import { heldBack, nothing, type SweepResult } from "./result.ts";
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
