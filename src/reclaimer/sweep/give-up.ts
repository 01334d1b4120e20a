import type { Cause, StoredVpcIP } from "../../domain/objects/vpcip.ts";
import { isPutOff, isToldOf, putOff } from "../../domain/put-off.ts";
import { wholeRecords } from "../collect/closer-look.ts";
import { serverTime } from "../collect/lists.ts";
import { removeMark } from "../collect/write-marks.ts";
import { inParallel, messageOf } from "../parallel.ts";
import type { SweepOutcome } from "../requests.ts";
import type { Settings, SweepPorts } from "../settings.ts";
import { isDue } from "./due-work.ts";

const LANES = 8;

/** A node that is left alone for now. */
export interface Left {
  readonly node: string;
  /** For people. */
  readonly why: string;
}

/**
 * Marks that are the first of two looks at an instance: no allocator's answer is waited for by them. Taken away with the others, they
 * would be the first look again each day, and what that instance left would stay for ever.
 */
const NEEDS_NO_REPORT: ReadonlySet<Cause> = new Set<Cause>(["instance-gone", "interface-orphaned"]);

/**
 * Everything on the node is kept, and people are told, unless its instance is stopped, or nothing is due but what they were told
 * of. Its marks go until the next daily run, less those that need no report; these, and what else is due, are put off.
 */
export async function giveUp(
  ports: SweepPorts,
  settings: Settings,
  { node, why, instanceID }: Left & { readonly instanceID: string | undefined },
): Promise<SweepOutcome> {
  await ports.budget.reserve({ DescribeInstances: 1 });
  const states = instanceID === undefined ? undefined : await ports.cloud.instanceStates([instanceID]);
  const state = states?.get(instanceID ?? "");
  // Read afresh: the sweep may have written intents and taken them back.
  const records = await recordsOf(ports, node);
  const now = serverTime(ports);
  const due = records.filter((record) => isDue(record, settings, now));
  const isTold = due.length > 0 && due.every(isToldOf);
  if (state !== "stopped" && state !== "stopping" && !isTold) {
    const text = `${why} (instance ${instanceID ?? "unknown"} is ${state ?? "unknown"}): everything on the node is kept`;
    ports.notices.alarm({ kind: "allocator-silent", message: text, node });
  }
  const hasFreeMark = ({ spec: { leak, release } }: StoredVpcIP) =>
    leak !== undefined && release === undefined && !NEEDS_NO_REPORT.has(leak.cause);
  await eachAlone(ports, node, records.filter(hasFreeMark), (record) => removeMark(ports, record));
  await putOffDue(
    ports,
    settings,
    node,
    records.filter((record) => !hasFreeMark(record)),
  );
  return "gave-up";
}

/** What is due on the node is put off: it was tried often enough for now, and people are told. */
export async function leaveForLater(
  ports: SweepPorts,
  settings: Settings,
  { node, why }: Left,
): Promise<SweepOutcome> {
  ports.notices.alarm({
    kind: "item-failed",
    message: `its sweep is put off: ${why}`,
    node,
    subject: `node ${node}`,
  });
  await putOffDue(ports, settings, node, await recordsOf(ports, node));
  return "gave-up";
}

async function recordsOf({ cluster }: SweepPorts, node: string): Promise<readonly StoredVpcIP[]> {
  return [...wholeRecords(await cluster.listVpcIPsOfNode(node)).values()].flatMap((record) =>
    record.known === "whole" ? [record.object] : [],
  );
}

function putOffDue(
  ports: SweepPorts,
  settings: Settings,
  node: string,
  records: readonly StoredVpcIP[],
): Promise<void> {
  const now = serverTime(ports);
  const due = records.filter((record) => isDue(record, settings, now) && !isPutOff(record, now));
  return eachAlone(ports, node, due, (record) => ports.writer.replaceVpcIP(putOff(record, now)));
}

async function eachAlone(
  { notices }: SweepPorts,
  node: string,
  records: readonly StoredVpcIP[],
  work: (record: StoredVpcIP) => Promise<unknown>,
): Promise<void> {
  for (const result of await inParallel(records, LANES, work)) {
    if (result.ok) continue;
    const subject = result.item.metadata.name;
    notices.alarm({ kind: "item-failed", message: messageOf(result.error), node, subject });
  }
}
