import type { Clock } from "../../ports/clock.ts";

/** How a service of AWS is reached. */
export interface AwsAccess {
  readonly region: string;
  /** Undefined: AWS's own of the region. */
  readonly endpoint?: string;
  /** Undefined: the SDK looks for some (environment, profile, SSO, container, instance). */
  readonly credentials?: AwsCredentials;
  readonly clock: Clock;
  /** Version of this product, for the user agent. */
  readonly version: string;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What the configuration of every client has in common. */
export function clientConfig({ region, endpoint, credentials, version }: AwsAccess): {
  region: string;
  endpoint?: string;
  credentials?: AwsCredentials;
  customUserAgent: [string, string][];
} {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    customUserAgent: [["eni-reclaimer", version]],
  };
}

/**
 * Makes a client sign with own time. The SDK otherwise follows the Date of the last answer (its clock skew correction), and a
 * deadline in own time would be held against a signature in another. What the SDK writes is dropped.
 */
export function signWithOwnTime(client: { readonly config: object }, clock: Clock): void {
  Object.defineProperty(client.config, "systemClockOffset", {
    get: () => clock.now() - Date.now(),
    set: () => undefined,
    enumerable: true,
  });
}
