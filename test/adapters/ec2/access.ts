import { watchServerTime } from "../../../src/adapters/ec2/server-time.ts";
import type { Clock } from "../../../src/ports/clock.ts";

/** What an adapter needs to know of the EC2 behind this endpoint. */
export const accessTo = (endpoint: string, clock: Clock) => ({
  region: "eu-west-1",
  endpoint,
  credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
  clock,
  version: "1.2.3",
  run: () => "run-7",
  serverTime: watchServerTime(clock),
});
