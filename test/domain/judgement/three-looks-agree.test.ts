import { describe, expect, it } from "@jest/globals";
import type { Address } from "../../../src/domain/address.ts";
import type { Evidence, ManagedNode, VpcIPEvidence } from "../../../src/domain/evidence.ts";
import { judge } from "../../../src/domain/judgement/index.ts";
import { labelValue } from "../../../src/domain/objects/names.ts";
import { type StoredVpcIP, stateOf } from "../../../src/domain/objects/vpcip.ts";
import type { Verdict } from "../../../src/domain/verdict.ts";
import fc, { runs } from "../../property.ts";
import { messy } from "../messy.ts";
import { keeperOf } from "../oracle.ts";
import { troubles } from "../troubles.ts";

/** An address is judged three times: from labels, from whole objects, and under the lease. None may contradict the next. */
const RUNS = runs(1500);

const keyOf = ({ address, interfaceID }: Verdict): string => `${address} ${interfaceID}`;
const addressesLeaked = (evidence: Evidence) =>
  judge(evidence).filter((verdict) => verdict.decision === "leaked" && verdict.gives === "address");

/** The labels as the writer mirrors them from the spec. */
function mirrored({ spec, metadata }: StoredVpcIP): VpcIPEvidence {
  const keep = metadata.annotations?.["vpcip.dev/keep"] !== undefined;
  return {
    known: "labels",
    labels: {
      node: labelValue(spec.nodeName),
      state: stateOf(spec),
      ...(spec.interfaceID === undefined ? {} : { interface: labelValue(spec.interfaceID) }),
      ...(spec.claim === undefined ? {} : { podUID: spec.claim.podUID }),
      ...(keep ? { keep } : {}),
    },
  };
}

/** The same cluster, from a metadata-only list; who lives is known by UID in both. */
function fromLabels(evidence: Evidence): { readonly labels: Evidence; readonly whole: Evidence } {
  const live = evidence.pods.filter(({ finished }) => !finished).map(({ uid }) => uid);
  const whole = { ...evidence, livePodUIDs: new Set([...(evidence.livePodUIDs ?? []), ...live]) };
  const records = [...(evidence.vpcIPs ?? [])].map(([address, record]): [Address, VpcIPEvidence] => [
    address,
    record.known === "whole" ? mirrored(record.object) : record,
  ]);
  return {
    whole,
    labels: { ...whole, ...(evidence.vpcIPs === undefined ? {} : { vpcIPs: new Map(records) }) },
  };
}

/** Every node as the mark pass sees it, before anybody has asked for a report. */
function beforeReports(evidence: Evidence): Evidence {
  const nodes = [...evidence.nodes].map(([name, managed]): [string, ManagedNode] => {
    const { report: _report, ...rest } = managed;
    return [name, rest];
  });
  return { ...evidence, nodes: new Map(nodes) };
}

/** Every node with a report that holds and shows nobody: what is leaked even so has no other keeper. */
function idle(evidence: Evidence): Evidence {
  const nodes = [...evidence.nodes].map(([name, managed]): [string, ManagedNode] => {
    const { config } = managed;
    if (!config.readable) return [name, { ...managed, report: { valid: true } }];
    const { inUse: _none, ...status } = config.object.status ?? {};
    return [
      name,
      { ...managed, config: { ...config, object: { ...config.object, status } }, report: { valid: true } },
    ];
  });
  return { ...evidence, nodes: new Map(nodes) };
}

describe("an address judged from labels, from whole objects, and under the lease", () => {
  it("H46 is never kept by its labels and leaked by its whole VpcIP", () => {
    fc.assert(
      fc.property(troubles(6), (list) => {
        const { labels, whole } = fromLabels(messy(list));
        const leaked = new Set(addressesLeaked(whole).map(keyOf));
        const hidden = judge(labels).filter((one) => one.decision === "keep" && leaked.has(keyOf(one)));
        const unexplained = hidden.filter((one) => one.decision === "keep" && one.reason !== "prefix-member");
        expect(unexplained).toEqual([]);
      }),
      RUNS,
    );
  });

  it("is never leaked by its labels alone", () => {
    fc.assert(
      fc.property(troubles(6), (list) => {
        const { labels } = fromLabels(messy(list));
        const leaked = addressesLeaked(labels).filter(({ address }) => labels.vpcIPs?.has(address));
        expect(leaked).toEqual([]);
      }),
      RUNS,
    );
  });

  it("H48 is marked before, where it is leaked under the lease, but for open refills", () => {
    fc.assert(
      fc.property(troubles(6), (list) => {
        const evidence = messy(list);
        const marked = judge(beforeReports(evidence));
        const leaked = new Set(addressesLeaked(evidence).map(keyOf));
        const missed = marked.filter((one) => leaked.has(keyOf(one)) && one.decision === "keep");
        const reasons = new Set(missed.map((one) => (one.decision === "keep" ? one.reason : "")));
        reasons.delete("refill");
        reasons.delete("prefix-member");
        expect([...reasons]).toEqual([]);
      }),
      RUNS,
    );
  });

  it("is marked only where nothing but a report could still keep it", () => {
    fc.assert(
      fc.property(troubles(6), (list) => {
        const evidence = beforeReports(messy(list));
        const kept = addressesLeaked(evidence).flatMap((verdict) => {
          const item = evidence.interfaces.find(({ id }) => id === verdict.interfaceID);
          const isReplaced = verdict.decision === "leaked" && verdict.cause === "sandbox-replaced";
          return item === undefined || isReplaced
            ? []
            : (keeperOf(idle(evidence), item, verdict.address) ?? []);
        });
        expect(kept).toEqual([]);
      }),
      RUNS,
    );
  });
});
