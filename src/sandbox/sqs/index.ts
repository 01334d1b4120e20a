/**
 * SQS, simulated: standard queues with delay, visibility timeout and dead-letter queues.
 *
 * `Sqs` and `Queue` are the memory and the rules, synchronous and driven by a given clock: an event source mapping in
 * process calls `receive` at `nextVisibleAt`. `SqsFront` speaks AWS JSON over HTTP for the real AWS SDK.
 */
export { SqsFront } from "./front.ts";
export type { Message } from "./messages.ts";
export type { Queue, QueueSettings } from "./queue.ts";
export { Sqs, type SqsOptions } from "./sqs.ts";
