import type { Evidence } from "../../domain/evidence.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Notices } from "../../ports/notices.ts";

const EXAMPLES = 5;

/**
 * Static claims that can't be read hold addresses that nobody else accounts for, all of them where they don't tell which one is
 * theirs. That must not go on in silence.
 */
export function alarmUnreadClaims(
  { notices }: { readonly notices: Notices },
  { claims }: Evidence,
  verdicts: readonly Verdict[],
): void {
  const unread = [...(claims ?? [])].flatMap(([name, claim]) => (claim.readable ? [] : [name]));
  if (unread.length === 0) return;
  const held = verdicts.filter(
    (verdict) => verdict.decision === "unknown" && verdict.reason === "claim-unreadable",
  ).length;
  const more = unread.length > EXAMPLES ? ", …" : "";
  const message = `static claims that can't be read: ${unread.length} (${unread.slice(0, EXAMPLES).join(", ")}${more}); addresses that are kept because one of them may be theirs: ${held}`;
  notices.alarm({ kind: "unknown", message, subject: unread[0] ?? "" });
}
