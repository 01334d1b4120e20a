import { collect } from "../../src/reclaimer/index.ts";
import type { CollectSummary } from "../../src/reclaimer/requests.ts";
import { type Environment, readConfig } from "../config.ts";
import { collectHandler } from "../lambda/collect.ts";
import type { LambdaFunction } from "../lambda/invocation.ts";
import type { Overrides } from "./overrides.ts";
import { collectPorts } from "./ports.ts";

/** The function `collect`, as this environment says. Throws ConfigError where the environment is wrong. */
export function collectFunction(
  environment: Environment,
  overrides: Overrides = {},
): LambdaFunction<CollectSummary> {
  const config = readConfig(environment);
  const { ports, notices, run } = collectPorts(config, overrides);
  return collectHandler(notices, (request) => {
    run.begin();
    return collect(ports, config.settings, request);
  });
}
