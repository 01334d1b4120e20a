import type { AwsAccess } from "../../src/adapters/aws/access.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { AwsService, FunctionConfig } from "../config.ts";
import { VERSION } from "./version.ts";

export function awsAccess({ aws }: FunctionConfig, service: AwsService, clock: Clock): AwsAccess {
  const endpoint = aws.endpoints[service];
  return {
    region: aws.region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(aws.credentials === undefined ? {} : { credentials: aws.credentials }),
    clock,
    version: VERSION,
  };
}
