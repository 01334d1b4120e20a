import * as z from "zod";
import { readSweepMessage } from "../../src/adapters/sqs/message.ts";
import type { SweepMessage } from "../../src/ports/queue.ts";
import {
  type CleanRequest,
  type CollectRequest,
  cleanRequest,
  collectRequest,
} from "../../src/reclaimer/requests.ts";

/** An event or a message that isn't what this function takes. Trying it again doesn't help. */
export class InvalidInput extends Error {
  override readonly name = "InvalidInput";
}

/**
 * What EventBridge sends of EC2 (EC2 user guide, "State change events for your instances"). The rule picks `terminated`;
 * any other state is a rule that somebody changed, and is refused.
 */
const instanceStateChange = z.object({
  source: z.literal("aws.ec2"),
  "detail-type": z.literal("EC2 Instance State-change Notification"),
  detail: z.object({ "instance-id": z.string(), state: z.literal("terminated") }),
});

/** The schedules and people send a {@link CollectRequest} as it is; EC2's events come in EventBridge's envelope. */
export function collectEvent(event: unknown): CollectRequest {
  if (typeof event !== "object" || event === null || !("detail-type" in event))
    return parsed("the event of collect", collectRequest, event);
  const { detail } = parsed("the EventBridge event of collect", instanceStateChange, event);
  return parsed("the EventBridge event of collect", collectRequest, {
    kind: "instance-terminated",
    instanceID: detail["instance-id"],
  });
}

export function cleanEvent(event: unknown): CleanRequest {
  return parsed("the request of clean", cleanRequest, event);
}

const batch = z.object({
  Records: z
    .array(
      z.object({
        messageId: z.string().min(1),
        body: z.string(),
        attributes: z.object({ ApproximateReceiveCount: z.string() }).partial().optional(),
      }),
    )
    .min(1),
});
export type SweepRecord = z.infer<typeof batch>["Records"][number];

/** The records of an SQS batch; what is in their bodies is judged one by one. */
export function sweepRecords(event: unknown): readonly SweepRecord[] {
  return parsed("the SQS event of reclaim", batch, event).Records;
}

export function sweepBody(record: SweepRecord): SweepMessage {
  const read = readSweepMessage(record.body);
  if (!read.readable) throw new InvalidInput(`message ${record.messageId} is not understood: ${read.why}`);
  return read.object;
}

function parsed<Output>(what: string, schema: z.ZodType<Output>, input: unknown): Output {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${issue.path.join(".") || "all of it"}: ${issue.message}`,
  );
  throw new InvalidInput(`${what} is not understood: ${problems.join("; ")}`, { cause: result.error });
}
