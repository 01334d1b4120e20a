import { daily } from "./daily.ts";
import type { Scenario } from "./scenario.ts";

/** What a new install does: it marks and reports, and never releases. */
export const observe: Scenario = {
  ...daily,
  name: "observe",
  description:
    "The same day in a new install, which only observes: everything is marked and reported, nothing is released.",
  environment: { RECLAIMER_MODE: "observe" },
  lay: async (world) => {
    const laid = await daily.lay(world);
    world.truth.holdBack("*", "observe");
    return laid;
  },
};
