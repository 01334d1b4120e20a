import type { Scenario } from "../scenarios/scenario.ts";
import type { Layout } from "./layout.ts";
import { section } from "./section.ts";

/** Every scenario with its sentence, the default first. */
export function listText(
  scenarios: readonly Pick<Scenario, "name" | "description">[],
  layout: Layout,
): readonly string[] {
  const [, ...table] = section(layout, {
    title: "Scenarios, the default first",
    rows: scenarios,
    most: scenarios.length,
    columns: [{ title: "NAME", of: ({ name }) => name }],
    sentence: { title: "WHAT HAPPENS", of: ({ description }) => description },
  });
  return [...table, "", `${layout.paint.bold("Next")}  npm start -- --scenario NAME`];
}
