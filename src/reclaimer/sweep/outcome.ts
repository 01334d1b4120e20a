import { UNKNOWN_REASONS, type Verdict } from "../../domain/verdict.ts";
import type { SweepMessage } from "../../ports/queue.ts";
import type { Acquired } from "../node-lease/acquire.ts";
import type { SweepOutcome } from "../requests.ts";
import type { Settings, SweepPorts } from "../settings.ts";
import type { SweepContext } from "./context.ts";
import { askLater, tryLater } from "./later.ts";
import { instanceOf, type Preview } from "./preview.ts";
import { nothing, type SweepResult } from "./result.ts";
import { STUCK } from "./stuck.ts";

/** How a sweep ended that had the lease; what is left to do is asked for later. */
export async function outcomeOf(
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

/** The lease is somebody else's: the node is looked at again later. */
export async function busy(
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
