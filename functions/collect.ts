import { collectFunction } from "./wiring/collect.ts";

export const handler = collectFunction(process.env);
