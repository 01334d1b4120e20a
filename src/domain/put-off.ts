import { ANNOTATION } from "./objects/names.ts";
import type { StoredVpcIP } from "./objects/vpcip.ts";

/**
 * Work on a record that could not be done is put off, for twice as long each time: else the five-minute run would pause the node
 * for it again and again. The note is durable, on the record, and in API-server time. It is about the mark that stands: what
 * is marked anew is tried anew.
 */
const FIRST_SECONDS = 10 * 60;
const LONGEST_SECONDS = 24 * 60 * 60;

interface Note {
  readonly until: number;
  readonly times: number;
}

/** The record with its work put off, once more. */
export function putOff(record: StoredVpcIP, now: number): StoredVpcIP {
  const times = (noteOf(record)?.times ?? 0) + 1;
  const seconds = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (times - 1));
  const until = new Date(now + seconds * 1000).toISOString();
  const annotations = {
    ...record.metadata.annotations,
    [ANNOTATION.putOff]: `${until} ${times} ${subjectOf(record)}`,
  };
  return { ...record, metadata: { ...record.metadata, annotations } };
}

/** Whether the work on a record is put off. A note for longer than we ever write was not written by us, and counts for nothing. */
export function isPutOff(record: StoredVpcIP, now: number): boolean {
  const until = noteOf(record)?.until;
  return until !== undefined && until > now && until - now <= LONGEST_SECONDS * 1000;
}

/** Whether people have been told of the work on a record: it was put off before, and never yet for a whole day. */
export function isToldOf(record: StoredVpcIP): boolean {
  const times = noteOf(record)?.times;
  return times !== undefined && FIRST_SECONDS * 2 ** (times - 1) < LONGEST_SECONDS;
}

/** The record without any note. */
export function takenUp(record: StoredVpcIP): StoredVpcIP {
  const { [ANNOTATION.putOff]: note, ...annotations } = record.metadata.annotations ?? {};
  return note === undefined ? record : { ...record, metadata: { ...record.metadata, annotations } };
}

function noteOf(record: StoredVpcIP): Note | undefined {
  const [time = "", count = "", subject] = (record.metadata.annotations?.[ANNOTATION.putOff] ?? "").split(
    " ",
  );
  const until = Date.parse(time);
  const times = Number(count);
  const isOurs = Number.isFinite(until) && Number.isSafeInteger(times) && times > 0;
  return isOurs && subject === subjectOf(record) ? { until, times } : undefined;
}

/** What the work is about: the mark by its time, or the record itself. */
const subjectOf = ({ spec, metadata }: StoredVpcIP): string => spec.leak?.firstObservedAt ?? metadata.uid;
