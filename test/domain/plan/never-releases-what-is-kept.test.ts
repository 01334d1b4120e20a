import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { prefixMembers } from "../../../src/domain/address.ts";
import type { Evidence } from "../../../src/domain/evidence.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import { planReleases } from "../../../src/domain/plan/releases.ts";
import { messy } from "../messy.ts";
import { isDue, keeperOf, MARK_AGE_SECONDS, mayGo, NOT_FOUND_SECONDS } from "../oracle.ts";
import { keeperOfOrphan, keeperOfRecord } from "../oracle-orphans.ts";
import { troubles } from "../troubles.ts";

const AGES = { markAgeSeconds: MARK_AGE_SECONDS, notFoundSeconds: NOT_FOUND_SECONDS };
const RUNS = { numRuns: Number(process.env["RUNS"] ?? 3000) };
const planOf = (evidence: Evidence) => planReleases(evidence, judge(evidence), AGES);
const interfaceOf = (evidence: Evidence, id: string | undefined) =>
  evidence.interfaces.find((item) => item.id === id);

/** What is in the plan and has a keeper, by the oracle. */
function wrong(evidence: Evidence): string[] {
  const plan = planOf(evidence);
  const found: string[] = [];
  for (const { interfaceID, items } of plan.unassign) {
    const item = interfaceOf(evidence, interfaceID);
    for (const { verdict } of items) {
      const about = `${verdict.address} of ${interfaceID}`;
      if (item === undefined) found.push(`${about}: no such interface`);
      else {
        const kept = keeperOf(evidence, item, verdict.address);
        if (kept !== undefined) found.push(`${about}: ${kept}`);
        else if (!isDue(evidence, item, verdict.address)) found.push(`${about}: its mark is not due`);
        else if (!mayGo(evidence, item, verdict.address)) found.push(`${about}: its prefix has a keeper`);
        const members = item.prefixes.flatMap(prefixMembers);
        if (![...item.addresses, ...members].includes(verdict.address)) found.push(`${about}: not of it`);
        if (members.includes(verdict.address) !== (verdict.prefix !== undefined))
          found.push(`${about}: a prefix goes whole, and by its name`);
      }
    }
  }
  return found;
}

/** What the oracle would release and the plan doesn't hold. */
function forgotten(evidence: Evidence): string[] {
  const planned = planOf(evidence).unassign.flatMap(({ interfaceID, items }) =>
    items.map(({ verdict }) => `${verdict.address} of ${interfaceID}`),
  );
  return evidence.interfaces
    .flatMap((item) =>
      [...new Set([...item.addresses, ...item.prefixes.flatMap(prefixMembers)])]
        .filter((address) => mayGo(evidence, item, address))
        .map((address) => `${address} of ${item.id}`),
    )
    .filter((about) => !planned.includes(about));
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

  it("keeps every record that still means something", () => {
    fc.assert(
      fc.property(troubles(8), (list) => {
        const evidence = messy(list);
        const kept = planOf(evidence).dropRecords.flatMap(
          ({ verdict, record }) => keeperOfRecord(evidence, verdict.address, record) ?? [],
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
          const isOrphan = verdicts.some(
            ({ address, interfaceID }) => interfaceID === item.id && address === item.primary,
          );
          if (isOrphan) continue;
          const wanted = new Set([...item.addresses, ...item.prefixes.flatMap(prefixMembers)]);
          if (item.primary !== undefined) wanted.delete(item.primary);
          const judged = verdicts.filter(
            (verdict) => verdict.interfaceID === item.id && wanted.has(verdict.address),
          );
          expect(judged.map(({ address }) => address).sort()).toEqual([...wanted].sort());
        }
      }),
      RUNS,
    );
  });
});
