import { daily } from "./daily.ts";
import type { Scenario } from "./scenario.ts";

/** All scenarios, the default first. */
export const SCENARIOS: readonly Scenario[] = [daily];
