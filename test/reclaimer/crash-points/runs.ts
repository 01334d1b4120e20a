import type { Run } from "../every-point.ts";
import { CLAIM_RUNS } from "./claim-runs.ts";
import { CLEAN_RUNS } from "./clean-runs.ts";
import { COLLECT_RUNS } from "./collect-runs.ts";
import { EC2_RUNS } from "./ec2-runs.ts";
import { GONE_RUNS } from "./gone-runs.ts";
import { LEASE_RUNS } from "./lease-runs.ts";
import { SILENT_RUNS, SWEEP_RUNS } from "./sweep-runs.ts";

/** Every run of which each point is tried. */
export const RUNS: readonly Run[] = [
  ...COLLECT_RUNS,
  ...SWEEP_RUNS,
  ...LEASE_RUNS,
  ...EC2_RUNS,
  ...SILENT_RUNS,
  ...GONE_RUNS,
  ...CLAIM_RUNS,
  ...CLEAN_RUNS,
];
