import type { Evidence } from "../../domain/evidence.ts";
import { saysKeep } from "../../domain/objects/names.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import type { Due } from "../../domain/plan/releases.ts";
import { standingTombstones } from "../../domain/record-transitions.ts";
import { subjectOf, type Verdict } from "../../domain/verdict.ts";

/**
 * Tombstones that are over, of addresses that EC2 has on the bound interface again, whoever keeps them there or nobody: their
 * records would stand for ever, and nobody could be given them. They end as all do: out of the pool by the bump, then the
 * record goes (design §4.4d, H51, H69); an address that nobody keeps is marked and released like any other then. A record
 * that carries a person's opt-out stays.
 */
export function endedTombstones({ vpcIPs, now }: Evidence, verdicts: readonly Verdict[]): readonly Due[] {
  return verdicts.flatMap((verdict): Due[] => {
    const isKept = verdict.decision === "keep" && verdict.reason !== "opt-out";
    const isOnInterface = verdict.decision === "leaked" && verdict.gives === "address";
    if (!isKept && !isOnInterface) return [];
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

/**
 * Records that go on with their claim, and whose tombstones are all over: those alone go from them. They bind nothing any more, but
 * would stand for as long as the claim does.
 */
export function endedOnClaims({ vpcIPs, now }: Evidence): readonly StoredVpcIP[] {
  return [...(vpcIPs?.values() ?? [])].flatMap((record) => {
    if (record.known !== "whole") return [];
    const { claim, leak, release, tombstones = [] } = record.object.spec;
    const goesOn = claim !== undefined && leak === undefined && release === undefined;
    const isOver = tombstones.length > 0 && standingTombstones(tombstones, now).length === 0;
    return goesOn && isOver && !saysKeep(record.object.metadata.annotations) ? [record.object] : [];
  });
}

function isNothingButEnded({ spec }: StoredVpcIP, now: number): boolean {
  const { claim, leak, release, tombstones = [] } = spec;
  const isPlain = claim === undefined && leak === undefined && release === undefined;
  return isPlain && tombstones.length > 0 && standingTombstones(tombstones, now).length === 0;
}
