import { wrapped } from "../../cli/output/wrap.ts";
import type { Run } from "../engine/report.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { alarms } from "./alarms.ts";
import { calls } from "./calls.ts";
import { givenBack } from "./given-back.ts";
import { headline } from "./headline.ts";
import { heldBack, kept, unknown } from "./kept.ts";
import type { Layout } from "./layout.ts";
import { pauses } from "./pauses.ts";
import { subnetMaps } from "./subnet-map.ts";
import { wrong } from "./wrong.ts";

/** A run for people, from top to bottom. */
export function runText(
  run: Run,
  scenario: Pick<Scenario, "name" | "description">,
  layout: Layout,
): readonly string[] {
  const { report, before, after } = run;
  const { paint, width } = layout;
  return [
    `${paint.bold("eni-reclaimer")} ${run.where}: ${paint.bold(scenario.name)}, seed ${report.seed}`,
    ...wrapped(scenario.description, width).map(paint.dim),
    "",
    ...headline(run, layout),
    ...wrong(report, layout),
    ...subnetMaps(before, after, layout),
    ...givenBack(report, layout),
    ...heldBack(report, layout),
    ...unknown(report, layout),
    ...alarms(report, layout),
    ...kept(report, layout),
    ...pauses(report, layout),
    ...calls(report, layout),
    "",
    `${paint.bold("Next")}  npm start -- --list             other scenarios`,
    "      npm run cnictl -- plan --help   a read-only plan for your own cluster",
  ];
}
