import type { UnknownReason } from "../../domain/verdict.ts";

/** What keeps everything on a node from being proved: it is tried three times, and then people are told (busy.ts). */
export const STUCK: ReadonlySet<UnknownReason> = new Set<UnknownReason>([
  "report-missing",
  "node-missing",
  "node-identity",
  "config-unreadable",
  "config-incomplete",
]);
