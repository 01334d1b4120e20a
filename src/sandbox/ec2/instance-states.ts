import type { InstanceState } from "./records.ts";

/** EC2 API Reference, data type InstanceState: the low byte of the code for each state. */
export const INSTANCE_STATE_CODES: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};
