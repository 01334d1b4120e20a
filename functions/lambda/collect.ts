import type { CloudWatchNotices } from "../../src/adapters/cloudwatch/notices.ts";
import type { CollectRequest, CollectSummary } from "../../src/reclaimer/requests.ts";
import { collectEvent } from "./events.ts";
import { type LambdaFunction, lambdaFunction } from "./invocation.ts";

export function collectHandler(
  notices: CloudWatchNotices,
  collect: (request: CollectRequest) => Promise<CollectSummary>,
): LambdaFunction<CollectSummary> {
  return lambdaFunction(notices, collectEvent, async (request) => {
    const summary = await collect(request);
    notices[summary.failed.length > 0 ? "warned" : "told"]("collected", { summary });
    return summary;
  });
}
