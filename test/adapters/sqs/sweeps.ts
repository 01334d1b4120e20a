import type { SweepMessage } from "../../../src/ports/queue.ts";

export function sweep(node: string, more: Partial<SweepMessage> = {}): SweepMessage {
  return { node, run: "run-7", attempt: 0, delaySeconds: 0, ...more };
}
