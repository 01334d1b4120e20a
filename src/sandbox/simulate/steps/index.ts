import { OF_CLOUD } from "./of-cloud.ts";
import { OF_ETCD } from "./of-etcd.ts";
import { OF_FAULTS } from "./of-faults.ts";
import { OF_FUNCTIONS } from "./of-functions.ts";
import { OF_NODES } from "./of-nodes.ts";
import { OF_PEOPLE } from "./of-people.ts";
import { OF_PODS } from "./of-pods.ts";
import { OF_TIME } from "./of-time.ts";
import type { StepDefinition } from "./step.ts";
import { OF_CHANCE } from "./storms/of-chance.ts";
import { OF_LATE } from "./storms/of-late.ts";
import { OF_LEASES } from "./storms/of-leases.ts";
import { OF_LOOKS } from "./storms/of-looks.ts";
import { OF_MARKS } from "./storms/of-marks.ts";
import { OF_OTHERS } from "./storms/of-others.ts";
import { OF_STOPS } from "./storms/of-stops.ts";

/** Every kind of step that a plan may have. */
const ALL = {
  ...OF_PODS,
  ...OF_NODES,
  ...OF_FUNCTIONS,
  ...OF_PEOPLE,
  ...OF_CLOUD,
  ...OF_ETCD,
  ...OF_FAULTS,
  ...OF_TIME,
  ...OF_CHANCE,
  ...OF_MARKS,
  ...OF_LATE,
  ...OF_LEASES,
  ...OF_LOOKS,
  ...OF_STOPS,
  ...OF_OTHERS,
} as const;

export type StepKind = keyof typeof ALL;
export const STEPS: Readonly<Record<StepKind, StepDefinition>> = ALL;
