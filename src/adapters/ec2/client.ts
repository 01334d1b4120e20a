import { EC2Client, type EC2ClientConfig } from "@aws-sdk/client-ec2";
import { type AwsAccess, clientConfig, signWithOwnTime } from "../aws/access.ts";
import type { ServerTime } from "./server-time.ts";

export interface EC2Access extends AwsAccess {
  /** One for all clients: what the reader learns of EC2's time, the releaser goes by. */
  readonly serverTime: ServerTime;
  /** The run that calls now, for the user agent: joins with CloudTrail's `userAgent`. */
  readonly run: () => string;
}

/** A client that signs with own time, takes note of EC2's, tells the run, and never retries by itself. */
export function ec2Client(access: EC2Access, requestHandler: EC2ClientConfig["requestHandler"]): EC2Client {
  const { clock, serverTime, run } = access;
  const client = new EC2Client({
    ...clientConfig(access),
    maxAttempts: 1,
    ...(requestHandler === undefined ? {} : { requestHandler }),
  });
  signWithOwnTime(client, clock);
  client.middlewareStack.add(
    (next, context) => (args) => {
      context.userAgent = [...(context.userAgent ?? []), ["run", run()]];
      return next(args);
    },
    { step: "build", name: "tellRun" },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = clock.now();
      const result = await next(args);
      serverTime.observe(dateOf(result.response), sentAt);
      return result;
    },
    { step: "deserialize", priority: "low", name: "observeServerTime" },
  );
  return client;
}

function dateOf(response: unknown): string | undefined {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> };
  return headers?.["date"];
}
