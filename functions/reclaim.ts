import { reclaimFunction } from "./wiring/reclaim.ts";

export const handler = reclaimFunction(process.env);
