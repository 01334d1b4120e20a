import { DescribeClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import { clientConfig, signWithOwnTime } from "../aws/access.ts";
import { mayPass, wordsOf } from "../aws/failures.ts";
import { boundedRequests } from "../aws/handler.ts";
import { retrying } from "../aws/retry.ts";
import { EksError } from "./error.ts";
import type { EksOptions } from "./token.ts";

/** Where the API server is, and the one authority that its certificate may come from. */
export interface EksCluster {
  readonly endpoint: string;
  /** Base64 of PEM. */
  readonly certificateAuthorityData: string;
}

/** Asks EKS for the cluster (EKS API Reference, "DescribeCluster"). Rejects with {@link EksError}. */
export function clusterDescriber(options: EksOptions): () => Promise<EksCluster> {
  const { clock, clusterName } = options;
  const client = new EKSClient({
    ...clientConfig(options),
    maxAttempts: 1,
    requestHandler: boundedRequests(),
  });
  signWithOwnTime(client, clock);
  const command = new DescribeClusterCommand({ name: clusterName });
  return async () => {
    const { cluster } = await retrying({ clock }, mayPass, () => client.send(command)).catch(
      (cause: unknown) => {
        throw new EksError(`EKS cluster ${clusterName} can't be described: ${wordsOf(cause)}`, { cause });
      },
    );
    const { endpoint, certificateAuthority, status = "unknown" } = cluster ?? {};
    // A cluster that is still being made has neither.
    if (!endpoint || !certificateAuthority?.data)
      throw new EksError(
        `EKS cluster ${clusterName} has no endpoint or no certificate authority (its status is ${status})`,
      );
    if (!endpoint.startsWith("https://"))
      throw new EksError(`EKS cluster ${clusterName} has an endpoint that is not https`);
    return { endpoint, certificateAuthorityData: certificateAuthority.data };
  };
}
