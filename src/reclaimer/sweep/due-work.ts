import type { VpcIPEvidence } from "../../domain/evidence.ts";
import { saysKeep } from "../../domain/objects/names.ts";
import type { StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { standingTombstones } from "../../domain/record-transitions.ts";
import type { Settings } from "../settings.ts";

/** What a look without any lease says is to be done, so that a node with nothing due is never paused (H52, H54). */
export interface DueWork {
  readonly any: boolean;
  /** Interfaces with due marks: as many Unassign calls. */
  readonly interfaces: number;
  readonly orphans: number;
}

/** @param isHeld whether something else than time holds a record back: that isn't worth a pause */
export function dueWork(
  records: Iterable<VpcIPEvidence>,
  settings: Pick<Settings, "markAgeSeconds">,
  now: number,
  isHeld: (record: StoredVpcIP) => boolean,
): DueWork {
  const interfaces = new Set<string>();
  let orphans = 0;
  let any = false;
  for (const record of records) {
    if (record.known !== "whole" || !isDue(record.object, settings, now) || isHeld(record.object)) continue;
    any = true;
    const { interfaceID, leak } = record.object.spec;
    if (leak?.scope === "Interface") orphans++;
    else if (interfaceID !== undefined) interfaces.add(interfaceID);
  }
  return { any, interfaces: interfaces.size, orphans };
}

/** Whether there is something to be done about a record now, as far as it tells itself. */
export function isDue(
  { spec, metadata }: StoredVpcIP,
  settings: Pick<Settings, "markAgeSeconds">,
  now: number,
): boolean {
  if (spec.release !== undefined) return true;
  if (saysKeep(metadata.annotations)) return false;
  if (spec.leak !== undefined)
    return now - Date.parse(spec.leak.firstObservedAt) >= settings.markAgeSeconds * 1000;
  const tombstones = spec.tombstones ?? [];
  return tombstones.length > 0 && standingTombstones(tombstones, now).length === 0;
}
