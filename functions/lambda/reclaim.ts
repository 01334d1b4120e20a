import type { SQSBatchResponse } from "aws-lambda";
import type { SweepMessage } from "../../src/ports/queue.ts";
import type { SweepSummary } from "../../src/reclaimer/requests.ts";
import { type SweepRecord, sweepBody, sweepRecords } from "./events.ts";
import { type Invocation, type LambdaFunction, lambdaFunction } from "./invocation.ts";
import type { InvocationNotices } from "./notices.ts";
import { requireTime, TooLittleTime } from "./remaining.ts";

/**
 * Each record by itself, one after another: the lease of one node is given back before the next is asked for. A record
 * that fails is named in the answer, and SQS delivers that one alone again (Lambda guide, "Handling errors for an SQS
 * event source", ReportBatchItemFailures).
 */
export function reclaimHandler(
  notices: InvocationNotices,
  neededMilliseconds: number,
  sweep: (message: SweepMessage) => Promise<SweepSummary>,
): LambdaFunction<SQSBatchResponse> {
  const one = async (record: SweepRecord, context: Invocation): Promise<void> => {
    requireTime(context, neededMilliseconds);
    const message = sweepBody(record);
    notices.about({ run: message.run, node: message.node });
    const summary = await sweep(message);
    notices[summary.failed.length > 0 ? "warned" : "told"]("swept", { summary });
  };
  return lambdaFunction(notices, sweepRecords, async (records, context) => {
    const batchItemFailures: SQSBatchResponse["batchItemFailures"] = [];
    for (const record of records) {
      notices.about({ messageID: record.messageId });
      try {
        await one(record, context);
      } catch (error) {
        batchItemFailures.push({ itemIdentifier: record.messageId });
        tellFailure(notices, record, error);
      }
    }
    return { batchItemFailures };
  });
}

function tellFailure(notices: InvocationNotices, record: SweepRecord, error: unknown): void {
  if (error instanceof TooLittleTime) {
    notices.warned("the sweep was not started", { why: error.message });
    return;
  }
  notices.failed("the sweep failed", error);
  const deliveries = record.attributes?.ApproximateReceiveCount;
  notices.alarm({
    kind: "item-failed",
    subject: record.messageId,
    message: `a sweep failed${deliveries === undefined ? "" : ` at delivery ${deliveries}`}: ${error instanceof Error ? error.message : String(error)}`,
  });
}
