import type { Evidence } from "../../domain/evidence.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { Due } from "../../domain/plan/releases.ts";
import { subjectOf, type Verdict } from "../../domain/verdict.ts";
import { standingTombstones } from "./records.ts";

const HELD_READY: ReadonlySet<string> = new Set(["pool", "cooling"]);

/**
 * Tombstones that are over, of addresses that EC2 gave to the bound interface again and that the allocator holds there: kept as
 * addresses, and their records would stand for ever, so that nobody could ever be given them. They end as all do: out of
 * the pool by the bump, then the record goes (design §4.4d, H51, H69).
 */
export function endedInPool({ vpcIPs, now }: Evidence, verdicts: readonly Verdict[]): readonly Due[] {
  return verdicts.flatMap((verdict): Due[] => {
    if (verdict.decision !== "keep" || !HELD_READY.has(verdict.reason)) return [];
    const record = vpcIPs?.get(verdict.address);
    if (record?.known !== "whole" || !isNothingButEnded(record.object, now)) return [];
    const leftOver = {
      ...subjectOf(verdict),
      decision: "leaked",
      cause: "never-recorded",
      gives: "record",
      needs: "lease",
    } as const;
    return [{ verdict: leftOver, record: record.object }];
  });
}

function isNothingButEnded({ spec }: StoredVpcIP, now: number): boolean {
  const { claim, leak, release, tombstones = [] } = spec;
  const isPlain = claim === undefined && leak === undefined && release === undefined;
  return isPlain && tombstones.length > 0 && standingTombstones(tombstones, now).length === 0;
}
