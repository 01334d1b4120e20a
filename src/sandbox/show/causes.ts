import type { Cause } from "../../domain/objects/vpcip.ts";

/** How an address came to leak, in a few words. */
const CAUSES: Readonly<Record<Cause, string>> = {
  "never-recorded": "no record of it was ever finished",
  "pod-gone": "its Pod is gone, its record stayed",
  "pod-finished": "its Pod has ended",
  "sandbox-replaced": "its Pod got a new sandbox",
  "claim-gone": "its claim is gone",
  "claim-expired": "its static claim's time is over",
  "instance-gone": "its instance is gone",
  "interface-orphaned": "its interface was left behind",
};

/** Why a detached interface is nobody's, by the same causes. */
const ORPHAN_CAUSES: Readonly<Record<string, string>> = {
  "never-recorded": "its node doesn't know it",
  "interface-orphaned": "its instance is gone",
};

export function causeInWords(cause: string): string {
  return cause in CAUSES ? CAUSES[cause as Cause] : cause;
}

export function orphanInWords(cause: string): string {
  return ORPHAN_CAUSES[cause] ?? causeInWords(cause);
}
