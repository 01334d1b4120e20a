import { describe, expect, it } from "@jest/globals";
import { prefixMembers } from "../../../src/domain/address.ts";
import type { Evidence, NetworkInterface } from "../../../src/domain/evidence.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import type { StoredVpcIP } from "../../../src/domain/objects/vpcip.ts";
import { planReleases, type Unassign } from "../../../src/domain/plan/releases.ts";
import type { Leaked, Verdict } from "../../../src/domain/verdict.ts";
import fc, { runs } from "../../property.ts";
import { messy } from "../messy.ts";
import { isDue, keeperOf, keepsInterface, MARK_AGE_SECONDS, mayGo, NOT_FOUND_SECONDS } from "../oracle.ts";
import { keeperOfOrphan, keeperOfRecord } from "../oracle-orphans.ts";
import { troubles } from "../troubles.ts";

const AGES = { markAgeSeconds: MARK_AGE_SECONDS, notFoundSeconds: NOT_FOUND_SECONDS };
const RUNS = runs(1500);
const planOf = (evidence: Evidence) => planReleases(evidence, judge(evidence), AGES);
const interfaceOf = (evidence: Evidence, id: string | undefined) =>
  evidence.interfaces.find((item) => item.id === id);

/** What is in the plan and has a keeper, by the oracle. */
const wrong = (evidence: Evidence): readonly string[] =>
  planOf(evidence).unassign.flatMap((group) => wrongIn(evidence, group));

function wrongIn(evidence: Evidence, { interfaceID, items }: Unassign): readonly string[] {
  const item = interfaceOf(evidence, interfaceID);
  if (item === undefined) return [`no such interface: ${interfaceID}`];
  if (items.some(({ verdict }) => verdict.keepsClaim === true))
    return items.flatMap(({ verdict, record }) => wrongMove(evidence, item, verdict, record) ?? []);
  const planned = items.map(({ verdict }) => verdict.address);
  return items.flatMap(({ verdict: { address, prefix } }) => {
    const about = `${address} of ${interfaceID}`;
    const kept = keeperOf(evidence, item, address);
    if (kept !== undefined) return `${about}: ${kept}`;
    if (!isDue(evidence, item, address)) return `${about}: its mark is not due`;
    const own = item.prefixes.find((one) => prefixMembers(one).includes(address));
    if (prefix !== own) return `${about}: a member goes with its prefix, and nothing else does`;
    if (own === undefined) return item.addresses.includes(address) ? [] : `${about}: not of this interface`;
    const isWhole = prefixMembers(own).every((member) => planned.includes(member));
    return isWhole ? [] : `${about}: its prefix is not whole`;
  });
}

/** Why an address may not leave a dead instance's interface for its claim's next node. */
function wrongMove(
  evidence: Evidence,
  item: NetworkInterface,
  { address, keepsClaim }: Leaked,
  record: StoredVpcIP,
): string | undefined {
  const about = `${address} of ${item.id}`;
  if (keepsClaim !== true) return `${about}: moved together with what is released`;
  if (item.attachment !== undefined || !item.addresses.includes(address)) return `${about}: not detached`;
  if (keepsInterface(evidence, item) !== undefined) return `${about}: the interface is not to be touched`;
  const nowhere = { ...evidence, interfaces: [] };
  const kept = keeperOfRecord(nowhere, address, record, true);
  return kept === undefined ? undefined : `${about}: ${kept}`;
}

/** What the oracle would release and the plan doesn't hold. */
function forgotten(evidence: Evidence): readonly string[] {
  const planned = new Set(
    planOf(evidence).unassign.flatMap(({ interfaceID, items }) =>
      items.map(({ verdict }) => `${verdict.address} of ${interfaceID}`),
    ),
  );
  return evidence.interfaces
    .flatMap((item) =>
      [...item.addresses, ...item.prefixes.flatMap((prefix) => prefixMembers(prefix).slice(0, 1))]
        .filter((address) => mayGo(evidence, item, address))
        .map((address) => `${address} of ${item.id}`),
    )
    .filter((about) => !planned.has(about));
}

function isJudgedWhole(evidence: Evidence, item: NetworkInterface, own: readonly Verdict[]): boolean {
  const { primary, addresses, attachment } = item;
  const names = own.flatMap(({ address, prefix }) =>
    prefix === undefined && (address === primary || addresses.includes(address)) ? [address] : [],
  );
  if (primary !== undefined && names.includes(primary)) return true;
  const isOurs =
    evidence.cluster !== undefined && item.tags?.["vpcip.dev/cluster-uid"] === evidence.cluster.uid;
  return (
    attachment === undefined && isOurs && keepsInterface(evidence, item) === undefined && names.length > 0
  );
}

describe("the release plan, against the oracle", () => {
  it("H18 keeps every address that anything accounts for, in any cluster", () => {
    fc.assert(
      fc.property(troubles(8), (list) => expect(wrong(messy(list))).toEqual([])),
      RUNS,
    );
  });

  it("releases every address that nothing accounts for, in any cluster", () => {
    fc.assert(
      fc.property(troubles(8), (list) => expect(forgotten(messy(list))).toEqual([])),
      RUNS,
    );
  });

  it("keeps every detached interface that isn't an orphan of ours", () => {
    fc.assert(
      fc.property(troubles(8), (list) => {
        const evidence = messy(list);
        const kept = planOf(evidence).deleteInterfaces.flatMap(({ verdict }) => {
          const item = interfaceOf(evidence, verdict.interfaceID);
          return (item === undefined ? "no such interface" : keeperOfOrphan(evidence, item)) ?? [];
        });
        expect(kept).toEqual([]);
      }),
      RUNS,
    );
  });

  it("releases every orphan of ours that nothing holds", () => {
    fc.assert(
      fc.property(troubles(5), (list) => {
        const evidence = messy(list);
        const planned = planOf(evidence).deleteInterfaces.map(({ verdict }) => verdict.interfaceID);
        const orphans = evidence.interfaces.filter((item) => keeperOfOrphan(evidence, item) === undefined);
        expect(planned.sort()).toEqual(orphans.map(({ id }) => id).sort());
      }),
      RUNS,
    );
  });

  it("keeps every record that still means something", () => {
    fc.assert(
      fc.property(troubles(8), (list) => {
        const evidence = messy(list);
        const kept = planOf(evidence).dropRecords.flatMap(
          ({ verdict, record }) =>
            keeperOfRecord(evidence, verdict.address, record, verdict.keepsClaim === true) ?? [],
        );
        expect(kept).toEqual([]);
      }),
      RUNS,
    );
  });

  it("judges every secondary address of every interface once for that interface", () => {
    fc.assert(
      fc.property(troubles(8), (list) => {
        const evidence = messy(list);
        const verdicts = judge(evidence);
        for (const item of evidence.interfaces) {
          const own = verdicts.filter(({ interfaceID }) => interfaceID === item.id);
          // A detached one of ours is judged as a whole, under its primary's name or, where a claim has that, under another of its own.
          if (isJudgedWhole(evidence, item, own)) continue;
          const wanted = new Set([...item.addresses, ...item.prefixes.flatMap(prefixMembers)]);
          if (item.primary !== undefined) wanted.delete(item.primary);
          const judged = own.filter(({ address }) => wanted.has(address)).map(({ address }) => address);
          expect(judged.sort()).toEqual([...wanted].sort());
        }
      }),
      RUNS,
    );
  });
});
