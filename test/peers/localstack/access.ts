import type { AwsAccess } from "../../../src/adapters/aws/access.ts";

/** How the adapters reach LocalStack: any credentials do, time is real. */
export const access = (endpoint: string) =>
  ({
    region: "eu-west-1",
    endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    clock: {
      now: Date.now,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    },
    version: "1.2.3",
  }) satisfies AwsAccess;
