import * as z from "zod";

/** The lease that a reclaimer found busy: by comparing it at the next delivery it knows whether the holder still lives. */
export const observedLease = z.object({
  uid: z.string(),
  holder: z.string(),
  acquireTime: z.string(),
  renewTime: z.string(),
  durationSeconds: z.number().int().positive(),
});

/** One dirty node. A message is a hint: the marks are the truth, and a lost message is sent again by the 5-minute run. */
export const sweepMessage = z.object({
  node: z.string().min(1),
  /** The run that asked for it. */
  run: z.string().min(1),
  /** How many deliveries found the world not to be stopped, so far. */
  attempt: z.number().int().min(0),
  /** Seconds that the queue held this message back, and the lease as it was when it was sent. */
  delaySeconds: z.number().int().min(0).max(900),
  observed: observedLease.optional(),
  /** For how many seconds that lease had stood unchanged by then: a term may be longer than a queue holds back. */
  unchangedSeconds: z.number().int().min(0).optional(),
  /** How often this work was sent again, for whatever reason. */
  resent: z.number().int().min(0).optional(),
});

export type ObservedLease = z.infer<typeof observedLease>;
export type SweepMessage = z.infer<typeof sweepMessage>;

export interface SweepQueue {
  /** Sends all, each held back by its own delaySeconds (SQS: at most 900). Throws where any was not taken. */
  send(messages: readonly SweepMessage[]): Promise<void>;
}
