import { type AlarmMessage, LONGEST_TITLE } from "../../ports/alarm-topic.ts";
import type { Alarm } from "../../ports/notices.ts";
import { ADVICE } from "./advice.ts";

interface Speaker {
  readonly clusterName: string;
  /** Which function speaks. */
  readonly service: string;
}

/** So many are told in full, the others are counted. */
const MOST_SHOWN = 10;
const LONGEST_LINE = 500;

/** One message for each kind. */
export function messagesOf(alarms: readonly Alarm[], speaker: Speaker): readonly AlarmMessage[] {
  return [...Map.groupBy(alarms, ({ kind }) => kind)].map(([kind, same]) => messageOf(kind, same, speaker));
}

function messageOf(
  kind: Alarm["kind"],
  alarms: readonly Alarm[],
  { clusterName, service }: Speaker,
): AlarmMessage {
  const lines = [...new Set(alarms.map(lineOf))];
  const count = alarms.length === 1 ? "" : ` (${alarms.length} times)`;
  const left = lines.length - MOST_SHOWN;
  return {
    kind,
    cluster: clusterName,
    title: `eni-reclaimer: ${kind}${count} in ${clusterName}`.slice(0, LONGEST_TITLE),
    text: [
      `${kind}${count}, told by ${service} of the cluster ${clusterName}.`,
      "",
      ...lines.slice(0, MOST_SHOWN),
      ...(left > 0 ? [`- and ${left} more: lines with "alarm":"${kind}" in the log of ${service}`] : []),
      "",
      `What to do: ${ADVICE[kind]}`,
      'More of it: docs/operations.md, "Alarms".',
    ].join("\n"),
  };
}

function lineOf({ message, node, subject }: Alarm): string {
  const place = [node === undefined ? undefined : `node ${node}`, subject].filter(
    (part) => part !== undefined,
  );
  const line = `- ${place.length === 0 ? "" : `${place.join(", ")}: `}${message.replaceAll(/\s+/g, " ")}`;
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line;
}
