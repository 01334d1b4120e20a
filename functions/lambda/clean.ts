import type { CleanRequest, CleanSummary } from "../../src/reclaimer/requests.ts";
import { cleanEvent } from "./events.ts";
import { type LambdaFunction, lambdaFunction } from "./invocation.ts";
import type { InvocationNotices } from "./notices.ts";
import { hasTime, requireTime } from "./remaining.ts";

export function cleanHandler(
  notices: InvocationNotices,
  neededMilliseconds: number,
  clean: (request: CleanRequest, maySweep: () => boolean) => Promise<CleanSummary>,
): LambdaFunction<CleanSummary> {
  return lambdaFunction(notices, cleanEvent, async (request, context) => {
    requireTime(context, neededMilliseconds);
    const summary = await clean(request, () => hasTime(context, neededMilliseconds));
    const { requestId, run, dryRun, frozen, released, kept, pending, failed } = summary;
    notices[failed.length > 0 ? "warned" : "told"]("cleaned", {
      requestId,
      run,
      dryRun,
      frozen,
      released: released.length,
      kept: kept.length,
      pending: pending.length,
      failed,
    });
    return summary;
  });
}
