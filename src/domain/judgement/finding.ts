import type { Cause } from "../objects/vpcip.ts";
import type { KeepReason, Proof, UnknownReason } from "../verdict.ts";

/** A judgement without its subject: what each question of this folder answers. */
export type Finding =
  | { readonly decision: "keep"; readonly reason: KeepReason; readonly detail?: string }
  | { readonly decision: "unknown"; readonly reason: UnknownReason; readonly detail?: string }
  | { readonly decision: "suspect" }
  | {
      readonly decision: "leaked";
      readonly cause: Cause;
      readonly gives: "address" | "interface" | "record";
      readonly needs: Proof;
      readonly detail?: string;
    };

const withDetail = <T extends object>(finding: T, detail: string | undefined): T & { detail?: string } =>
  detail === undefined ? finding : { ...finding, detail };

export const keep = (reason: KeepReason, detail?: string): Finding =>
  withDetail({ decision: "keep", reason }, detail);
export const unknown = (reason: UnknownReason, detail?: string): Finding =>
  withDetail({ decision: "unknown", reason }, detail);
export const SUSPECT: Finding = { decision: "suspect" };
