import { clean } from "../../src/reclaimer/index.ts";
import type { CleanSummary } from "../../src/reclaimer/requests.ts";
import { sweepMilliseconds } from "../config/sweep-time.ts";
import { type Environment, readConfig } from "../config.ts";
import { cleanHandler } from "../lambda/clean.ts";
import type { LambdaFunction } from "../lambda/invocation.ts";
import type { Overrides } from "./overrides.ts";
import { sweepPorts } from "./ports.ts";

/** The function `clean`, as this environment says. Throws ConfigError where the environment is wrong. */
export function cleanFunction(
  environment: Environment,
  overrides: Overrides = {},
): LambdaFunction<CleanSummary> {
  const config = readConfig(environment);
  const { ports, notices, run } = sweepPorts("clean", config, overrides);
  return cleanHandler(notices, sweepMilliseconds(config.settings), (request, maySweep) => {
    run.begin(`clean-${request.requestId}`);
    return clean(ports, config.settings, request, maySweep);
  });
}
