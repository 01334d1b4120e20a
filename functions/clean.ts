import { cleanFunction } from "./wiring/clean.ts";

export const handler = cleanFunction(process.env);
