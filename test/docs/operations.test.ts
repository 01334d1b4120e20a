import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { read, tablesOf } from "./pages.ts";

interface Alarm {
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
}

const resources = (
  parse(read("infra/alarms/alarms.yml")) as { Resources: Record<string, { Properties: Alarm }> }
).Resources;

/** The first cells of the table of alarms. */
const told = tablesOf("docs/operations.md", "alarm")
  .flat()
  .map(([alarm = ""]) => alarm);

/** The kinds of alarms, from the type that tells them. */
const [, union = ""] = /readonly kind:\s*((?:\s*\| "[a-z-]+")+);/.exec(read("src/ports/notices.ts")) ?? [];
const kinds = [...union.matchAll(/"([a-z-]+)"/g)].map(([, kind = ""]) => kind);

/** What the page calls each alarm of the stack. */
function nameOf(id: string, { MetricName, Dimensions = [], Threshold, EvaluationPeriods }: Alarm): string {
  const kind = Dimensions.find(({ Name }) => Name === "kind")?.Value;
  if (typeof kind === "string") return `\`${kind}\``;
  if (id === "DeadManAlarm") return `no successful collect in ${EvaluationPeriods} h`;
  switch (MetricName) {
    case "Frozen":
    case "Unknown":
      return `\`${MetricName.toLowerCase()}\``;
    case "BreakerTripped":
      return "`breaker`";
    case "Errors":
      return `of \`${id.replace("ErrorsAlarm", "").toLowerCase()}\``;
    case "ApproximateAgeOfOldestMessage":
      return `sweeps wait for ${Threshold / 3600} h`;
    default:
      return "dead-letter queue not empty";
  }
}

describe("docs/operations.md tells what to do", () => {
  test.each(kinds)("about alarms of the kind %s", (kind) => {
    expect(told.filter((alarm) => alarm.includes(`\`${kind}\``))).toHaveLength(1);
  });

  test.each(Object.entries(resources))("about the stack's %s", (id, { Properties }) => {
    const name = nameOf(id, Properties);
    expect([name, told.filter((alarm) => alarm.includes(name)).length]).toEqual([name, 1]);
  });

  test("about nine kinds and no others", () => {
    const named = told.flatMap((alarm) => alarm.match(/`[a-z-]+`/g) ?? []);
    const functions = ["`collect`", "`reclaim`", "`clean`"];
    expect(kinds).toHaveLength(9);
    expect([...named].sort()).toEqual([...kinds.map((kind) => `\`${kind}\``), ...functions].sort());
  });
});
