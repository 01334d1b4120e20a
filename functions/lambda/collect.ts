import type { CollectRequest, CollectSummary } from "../../src/reclaimer/requests.ts";
import { collectEvent } from "./events.ts";
import { type LambdaFunction, lambdaFunction } from "./invocation.ts";
import type { InvocationNotices } from "./notices.ts";

export function collectHandler(
  notices: InvocationNotices,
  collect: (request: CollectRequest) => Promise<CollectSummary>,
): LambdaFunction<CollectSummary> {
  return lambdaFunction(notices, collectEvent, async (request) => {
    const summary = await collect(request);
    notices[summary.failed.length > 0 ? "warned" : "told"]("collected", { summary });
    return summary;
  });
}
