import type { SQSBatchResponse } from "aws-lambda";
import { sweep } from "../../src/reclaimer/index.ts";
import { sweepMilliseconds } from "../config/sweep-time.ts";
import { type Environment, readConfig } from "../config.ts";
import type { LambdaFunction } from "../lambda/invocation.ts";
import { reclaimHandler } from "../lambda/reclaim.ts";
import type { Overrides } from "./overrides.ts";
import { sweepPorts } from "./ports.ts";

/** The function `reclaim`, as this environment says. Throws ConfigError where the environment is wrong. */
export function reclaimFunction(
  environment: Environment,
  overrides: Overrides = {},
): LambdaFunction<SQSBatchResponse> {
  const config = readConfig(environment);
  const { ports, notices, run } = sweepPorts("reclaim", config, overrides);
  return reclaimHandler(notices, sweepMilliseconds(config.settings), (message) => {
    run.begin(message.run);
    return sweep(ports, config.settings, message);
  });
}
