import { newVpcIP, type StoredVpcIP, type VpcIP, type VpcIPSpec } from "../../domain/objects/vpcip.ts";
import { isOnlyKeptMark, type MarkPlan, type NewMark } from "../../domain/plan/marks.ts";
import { takenUp } from "../../domain/put-off.ts";
import { isLent, isWithoutPlace, lent, withoutPlace } from "../../domain/record-transitions.ts";
import { type Failure, failuresOf, inParallel } from "../parallel.ts";
import type { CollectPorts } from "../settings.ts";

const LANES = 8;

export interface Written {
  readonly marked: readonly { readonly address: string; readonly node: string }[];
  readonly unmarked: number;
  readonly failed: readonly Failure[];
}

/**
 * Writes marks (design §4.2): created where nobody has the name, put in by compare-and-swap where somebody has. A mark is
 * harmless when wrong: its allocator may turn it into a claim under its lease, and each sweep decides afresh.
 *
 * @param time API-server time, milliseconds since the epoch
 */
export async function writeMarks(
  { writer }: Pick<CollectPorts, "writer">,
  plan: MarkPlan,
  time: number,
): Promise<Written> {
  const firstObservedAt = new Date(time).toISOString();
  const created = await inParallel(plan.create, LANES, (mark) =>
    writer.createVpcIP(newRecord(mark, firstObservedAt)),
  );
  const put = await inParallel(plan.put, LANES, ({ record, mark }) =>
    writer.replaceVpcIP(withMark(record, mark, firstObservedAt)),
  );
  const removed = await inParallel(plan.remove, LANES, (record) => removeMark({ writer }, record));
  const marked = [
    ...created.flatMap(({ item, ...result }) =>
      result.ok && result.value.outcome === "created" ? [item] : [],
    ),
    ...put.flatMap(({ item, ...result }) =>
      result.ok && result.value.outcome === "replaced" ? [item.mark] : [],
    ),
  ];
  return {
    marked: marked.map(({ address, nodeName }) => ({ address, node: nodeName })),
    unmarked: removed.filter((result) => result.ok && result.value).length,
    failed: [created, put, removed].flatMap((results) => failuresOf<unknown>(results, () => "mark")),
  };
}

/**
 * Takes a mark away: a record that is nothing but a mark goes, a claimed one stays without it, one that was lent names no place again. One that carries a person's word
 * beside its mark stays as it is: the word would be lost with the record (H18), and the record would say nothing without its mark.
 */
export async function removeMark(
  { writer }: Pick<CollectPorts, "writer">,
  record: StoredVpcIP,
): Promise<boolean> {
  if (isOnlyKeptMark(record)) return false;
  if (isLent(record))
    return (await writer.replaceVpcIP(takenUp(withoutPlace(record)))).outcome === "replaced";
  const { leak: _leak, ...spec } = record.spec;
  const isNothingElse =
    spec.claim === undefined && (spec.tombstones ?? []).length === 0 && spec.release === undefined;
  if (isNothingElse) return (await writer.deleteVpcIP(record)).outcome === "deleted";
  return (await writer.replaceVpcIP(takenUp({ ...record, spec }))).outcome === "replaced";
}

function newRecord(mark: NewMark, firstObservedAt: string): VpcIP {
  return newVpcIP(mark.address, { ...placeOf(mark), leak: leakOf(mark, firstObservedAt) });
}

/** A record of a claim keeps its place and its claim, or is lent to an interface; one that has none is moved to where the address is now. */
function withMark(record: StoredVpcIP, mark: NewMark, firstObservedAt: string): StoredVpcIP {
  const leak = leakOf(mark, firstObservedAt);
  const { nodeName, interfaceID } = mark;
  if (mark.scope === "Interface" && interfaceID !== undefined && isWithoutPlace(record))
    return lent(record, { nodeName, interfaceID }, leak);
  const place = record.spec.claim === undefined ? placeOf(mark) : {};
  return { ...record, spec: { ...record.spec, ...place, leak } };
}

function leakOf(mark: NewMark, firstObservedAt: string): NonNullable<VpcIPSpec["leak"]> {
  return { cause: mark.cause, scope: mark.scope, firstObservedAt };
}

function placeOf({ nodeName, instanceID, interfaceID, subnetID }: NewMark) {
  return {
    nodeName,
    ...(instanceID === undefined ? {} : { instanceID }),
    ...(interfaceID === undefined ? {} : { interfaceID }),
    ...(subnetID === undefined ? {} : { subnetID }),
  };
}
