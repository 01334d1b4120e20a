import { expect, test } from "@jest/globals";
import { ENDS, isTelling, type Run, tryAll } from "../every-point.ts";
import { schedules } from "./schedules.ts";

/**
 * Tests of runs: killed or cut off at each point, and, where `isFrozen`, standing still for 12 or 20 minutes around each effect.
 * `npm run crash-points` tries the rest.
 */
export function testEach(hazards: string, runs: readonly Run[], isFrozen = true): void {
  const kinds = isFrozen ? [...ENDS, "frozen-before 12 min" as const, "frozen-after 20 min" as const] : ENDS;
  test.each(runs.map((run) => [run.name, run] as const))(
    `${hazards} %s: wherever it ends or stands still, the next runs finish the work, and nothing in use is hurt`,
    async (_name, run) => {
      expect((await tryAll(run, kinds, schedules, isTelling)).failed).toEqual([]);
    },
    120_000,
  );
}
