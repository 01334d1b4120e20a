import type { Address } from "../address.ts";
import { isLeaked, subjectOf, type Verdict } from "../verdict.ts";

/** A prefix goes whole or not at all (H35): where one member may not go, all sixteen stay. */
export function wholePrefixes(verdicts: readonly Verdict[]): readonly Verdict[] {
  const keptMember = new Map<string, Address>();
  for (const verdict of verdicts) {
    if (verdict.prefix !== undefined && !isLeaked(verdict)) keptMember.set(keyOf(verdict), verdict.address);
  }
  return verdicts.map((verdict) => {
    if (!isLeaked(verdict) || verdict.prefix === undefined) return verdict;
    const kept = keptMember.get(keyOf(verdict));
    return kept === undefined
      ? verdict
      : { ...subjectOf(verdict), decision: "keep", reason: "prefix-member", detail: `${kept} is kept` };
  });
}

const keyOf = ({ interfaceID, prefix }: Verdict): string => `${interfaceID} ${prefix}`;
