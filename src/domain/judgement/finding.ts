import type { Decision, KeepReason, UnknownReason } from "../verdict.ts";

/** A judgement without its subject: what each question of this folder answers. */
export type Finding = Decision;

const withDetail = <T extends object>(finding: T, detail: string | undefined): T & { detail?: string } =>
  detail === undefined ? finding : { ...finding, detail };

export const keep = (reason: KeepReason, detail?: string): Finding =>
  withDetail({ decision: "keep", reason }, detail);
export const unknown = (reason: UnknownReason, detail?: string): Finding =>
  withDetail({ decision: "unknown", reason }, detail);
export const SUSPECT: Finding = { decision: "suspect" };
