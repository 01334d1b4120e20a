import type { Address } from "../address.ts";
import { isLeaked, subjectOf, type Verdict } from "../verdict.ts";

/**
 * A prefix goes whole or not at all (H35): where one member may not go, all sixteen stay. But the VpcIP of a claim that has fallen is
 * left over there too, and its name is taken by nobody (H49): where a member is kept, and so the prefix stays, such a record goes
 * without its address, which the allocator may use again.
 *
 * @param isLeftOver whether a member's record is nothing but a claim that has fallen
 */
export function wholePrefixes(
  verdicts: readonly Verdict[],
  isLeftOver: (address: Address) => boolean = () => false,
): readonly Verdict[] {
  const staying = new Map<string, Verdict>();
  for (const verdict of verdicts) {
    if (verdict.prefix === undefined || isLeaked(verdict)) continue;
    // One of which nothing can be said yet may go with the rest later: it decides nothing about their records.
    if (staying.get(keyOf(verdict))?.decision !== "keep") staying.set(keyOf(verdict), verdict);
  }
  return verdicts.map((verdict) => {
    if (!isLeaked(verdict) || verdict.prefix === undefined || verdict.gives === "record") return verdict;
    const stays = staying.get(keyOf(verdict));
    if (stays === undefined) return verdict;
    const detail = `${stays.address} is kept`;
    return stays.decision === "keep" && isLeftOver(verdict.address)
      ? { ...verdict, gives: "record", detail }
      : { ...subjectOf(verdict), decision: "keep", reason: "prefix-member", detail };
  });
}

const keyOf = ({ interfaceID, prefix }: Verdict): string => `${interfaceID} ${prefix}`;
