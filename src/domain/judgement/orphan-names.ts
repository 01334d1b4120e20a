import type { Address } from "../address.ts";
import type { NetworkInterface, VpcIPEvidence } from "../evidence.ts";
import { labelValue } from "../objects/names.ts";
import { isLent, isWithoutPlace } from "../record-transitions.ts";
import { type Facts, recordAt } from "./facts.ts";

/**
 * The address by whose VpcIP a detached interface is marked: the one that marks it, else its primary, or another of its own where that
 * name is the record of a claim that is served elsewhere, or waits to be. Where all its names are taken so, the record of a static
 * claim that waits is lent to it: the claim waits for this very interface to go. Undefined where none waits.
 */
export function markerOf(facts: Facts, item: NetworkInterface): Address | undefined {
  const names = [...(item.primary === undefined ? [] : [item.primary]), ...item.addresses];
  return (
    names.find((address) => isMarkOf(recordAt(facts, address), item.id)) ??
    names.find((address) => !isClaimedElsewhere(recordAt(facts, address), item.id)) ??
    names.find((address) => mayBeLent(recordAt(facts, address)))
  );
}

function isMarkOf(record: VpcIPEvidence | undefined, interfaceID: string): boolean {
  if (record?.known === "labels")
    return record.labels.state === "Leaked" && record.labels.interface === labelValue(interfaceID);
  const { leak, interfaceID: named } = record?.known === "whole" ? record.object.spec : {};
  return leak?.scope === "Interface" && named === interfaceID;
}

/** Whether a record is of a claim, and doesn't say that its address is on this interface. */
function isClaimedElsewhere(record: VpcIPEvidence | undefined, interfaceID: string): boolean {
  switch (record?.known) {
    case "labels":
      return record.labels.podUID !== undefined && record.labels.interface !== labelValue(interfaceID);
    case "whole":
      return record.object.spec.claim !== undefined && record.object.spec.interfaceID !== interfaceID;
    case "unreadable":
      return true;
    case undefined:
      return false;
  }
}

/** Whether a static claim's record names no place, as far as it can be read: nobody is at work on it. */
function mayBeLent(record: VpcIPEvidence | undefined): boolean {
  if (record?.known === "whole") return isWithoutPlace(record.object);
  if (record?.known !== "labels") return false;
  const { podUID, instance, interface: interfaceID, state } = record.labels;
  return podUID !== undefined && (instance ?? interfaceID) === undefined && !RELEASED.has(state ?? "");
}

const RELEASED: ReadonlySet<string> = new Set(["Leaked", "Releasing", "Released"]);

/** Whether a record is a static claim's, and says where this interface is only because it is lent to its mark. */
function isLentTo(record: VpcIPEvidence | undefined, interfaceID: string): boolean {
  if (!isMarkOf(record, interfaceID)) return false;
  if (record?.known === "labels")
    return record.labels.podUID !== undefined && record.labels.instance === undefined;
  return record?.known === "whole" && isLent(record.object);
}

/**
 * Whether an address is a static claim's by a record that names another place, or none, or is but lent to this interface. Such a
 * claim can't be served by a detached interface: it waits for the address to come free, and each would keep the other for ever.
 */
export function waitsElsewhere(record: VpcIPEvidence | undefined, interfaceID: string): boolean {
  const isStatic = record?.known === "whole" && record.object.spec.claim?.uid !== undefined;
  if (isStatic && isClaimedElsewhere(record, interfaceID)) return true;
  return mayBeLent(record) || isLentTo(record, interfaceID);
}
