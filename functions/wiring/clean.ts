import type { Environment } from "../config.ts";
export function cleanFunction(_environment: Environment): () => Promise<never> {
  return async () => {
    throw new Error("not wired yet");
  };
}
