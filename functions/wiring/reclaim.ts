import type { Environment } from "../config.ts";
export function reclaimFunction(_environment: Environment): () => Promise<never> {
  return async () => {
    throw new Error("not wired yet");
  };
}
