import type { Alarm } from "../../ports/notices.ts";

/** What to do about each kind, in a sentence or two; docs/operations.md, "Alarms", says more. */
export const ADVICE: Readonly<Record<Alarm["kind"], string>> = {
  frozen: 'A person or the tool itself has frozen everything. Thaw it when the reason is gone ("Freeze").',
  "lost-memory":
    'Nothing is released until a person says that this state is the right one ("After a restore").',
  breaker:
    'Look at the marks. If they are right, raise the share for a day; if not, mend the evidence ("The breaker").',
  unknown:
    "Nothing of it is released. Run cnictl explain ADDRESS with fresh dumps, or look at the claim that is named.",
  "allocator-silent": "All of that node's addresses are kept. Look at the agent on that node.",
  "claim-put-back":
    "The address is in use, and was not released. Tell us: two sides thought that it was theirs.",
  "untagged-interface":
    "Leaks on these interfaces can't be released. Look at the agent on those nodes: it tags at its start.",
  "item-failed": 'The others were done; this is put off and tried again ("What is put off").',
  forbidden: "EC2 refuses the rights of the function's role. Compare the role with infra/iam.",
};
